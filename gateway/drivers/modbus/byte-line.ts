// A line that carries bytes: a TCP connection to a converter, or a serial port of this machine.
import { createRequire } from 'node:module';
import type { SerialLine } from './connection.ts';
import { openSocket } from './socket.ts';

export interface ByteLine {
  write(bytes: Uint8Array): void;
  /** Called once, before anything is written. */
  listen(on: { data(bytes: Uint8Array): void; closed(): void }): void;
  /** Never throws, also when closed already. */
  destroy(): void;
}

export async function openTcpLine(
  host: string,
  port: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<ByteLine> {
  const socket = await openSocket(host, port, deadlineMs, signal);
  return {
    write: (bytes) => void socket.write(bytes),
    listen({ data, closed }) {
      socket.on('data', data);
      socket.on('close', closed);
      if (socket.destroyed) closed();
    },
    destroy: () => socket.destroy(),
  };
}

/** As much of serialport's SerialPort as is used here. */
interface Port {
  readonly isOpen: boolean;
  open(done: (error: Error | null) => void): void;
  close(done: (error: Error | null) => void): void;
  write(bytes: Buffer, done: (error?: Error | null) => void): boolean;
  on(event: 'data', listener: (bytes: Buffer) => void): void;
  on(event: 'error' | 'close', listener: (error: Error | null) => void): void;
}
type PortClass = new (options: {
  path: string;
  baudRate: number;
  dataBits: 8;
  parity: string;
  stopBits: 1 | 2;
  autoOpen: false;
}) => Port;

/** The native package is optional: an installation for whose system it does not exist still speaks over networks. */
function loadPortClass(): PortClass {
  try {
    return (createRequire(import.meta.url)('serialport') as { SerialPort: PortClass }).SerialPort;
  } catch {
    throw new Error('serial ports need the optional package serialport, which is not installed for this system');
  }
}

export interface SerialSettings extends Pick<SerialLine, 'baudRate'> {
  readonly path: string;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/** @throws Error with the reason in words. */
export function openSerialLine(settings: SerialSettings, deadlineMs: number): Promise<ByteLine> {
  const { path, baudRate, parity, stopBits } = settings;
  const SerialPort = loadPortClass();
  const port = new SerialPort({ path, baudRate, dataBits: 8, parity, stopBits, autoOpen: false });
  // An error without a listener would end the process; a port that failed closes or is found silent.
  port.on('error', () => undefined);
  const destroy = (): void => {
    if (port.isOpen) port.close(() => undefined);
  };
  return new Promise((resolve, reject) => {
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      reject(new Error(`the serial port did not open within ${deadlineMs} ms`));
    }, deadlineMs);
    port.open((error) => {
      clearTimeout(deadline);
      if (late) return destroy();
      if (error !== null && error !== undefined) return reject(new Error(wordsOf(error.message)));
      resolve({
        write: (bytes) => void port.write(Buffer.from(bytes), (failure) => failure && destroy()),
        listen({ data, closed }) {
          port.on('data', data);
          port.on('close', closed);
          if (!port.isOpen) closed();
        },
        destroy,
      });
    });
  });
}

function wordsOf(message: string): string {
  if (/no such file/i.test(message)) return 'there is no such serial port';
  if (/permission denied/i.test(message)) return 'no permission to use the serial port (on Linux: group dialout)';
  if (/cannot lock|busy|temporarily unavailable/i.test(message)) return 'the serial port is in use by another program';
  return message.replace(/^Error: /, '');
}
