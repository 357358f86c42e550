// The bus of one place: opens a fresh link whenever the last one was given up.
import type { Bus } from '../../polling/bus.ts';
import { openSerialLine, openTcpLine } from './byte-line.ts';
import { type ModbusConnection, serialLineOf, stopBitsOf } from './connection.ts';
import { type ModbusLink, openLink } from './link.ts';
import { createRtuLink, type Step } from './rtu-link.ts';
import { createTurnstile } from './write.ts';

export interface ModbusBus extends Bus {
  /**
   * As `read`, for somebody who is not of the line: when his silence costs the connection, it is opened again before the
   * next of those who are.
   */
  readonly readAsGuest: Bus['read'];
}

const REOPEN_MS = 3000;

export function createModbusBus(connection: ModbusConnection): ModbusBus {
  const step: Step = { unanswered: new Map() };
  let link: ModbusLink | null = null;
  const closing = new AbortController();
  const inTurn = createTurnstile();

  async function open(deadlineMs: number): Promise<ModbusLink> {
    const { signal } = closing;
    switch (connection.transport) {
      case 'rtu': {
        const { path, baudRate, parity } = connection;
        const line = await openSerialLine({ path, baudRate, parity, stopBits: stopBitsOf(connection) }, deadlineMs);
        return createRtuLink(line, serialLineOf(connection), step);
      }
      case 'rtu-over-tcp': {
        const line = await openTcpLine(connection.host, connection.port, deadlineMs, signal);
        return createRtuLink(line, serialLineOf(connection), step);
      }
      default:
        return openLink(connection.host, connection.port, deadlineMs, signal);
    }
  }

  async function connect(deadlineMs: number): ReturnType<Bus['connect']> {
    if (link?.isOpen()) return { ok: true };
    if (closing.signal.aborted) return { ok: false, reason: 'closed' };
    try {
      link = await open(deadlineMs);
      if (closing.signal.aborted) link.destroy();
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  const read: Bus['read'] = async (unit, span, timeoutMs) =>
    link === null ? { kind: 'closed', reason: 'not connected' } : link.read(unit, span, timeoutMs);

  return {
    isOpen: () => link?.isOpen() ?? false,
    connect: (deadlineMs) => inTurn(() => connect(deadlineMs)),
    read: (...asked) => inTurn(() => read(...asked)),
    readAsGuest: (...asked) =>
      inTurn(async () => {
        const outcome = await read(...asked);
        if (link?.isOpen() !== true) await connect(REOPEN_MS);
        return outcome;
      }),
    close() {
      closing.abort();
      link?.destroy();
    },
  };
}
