// A Modbus TCP port with one or several units behind it, like a meter bus behind a serial gateway.
import { createServer, type Socket } from 'node:net';
import type { ModbusModel } from '@louwei/device-profiles';
import type { SimulatedDevice } from '../device.ts';
import { listen } from '../listen.ts';
import { SLOW_ANSWER_MS } from '../nuisance.ts';
import { answer } from './answer.ts';
import { EXCEPTION, exception, type Frame, takeFrames, toBytes } from './frame.ts';
import { registerImage } from './image.ts';
import { takeRtuFrames, toRtuBytes } from './rtu-frame.ts';
import { writer } from './writer.ts';

export interface ModbusUnit {
  readonly unit: number;
  readonly device: SimulatedDevice<ModbusModel>;
}

export interface ModbusPort {
  readonly port: number;
  stop(): Promise<void>;
}

type Memory = ReturnType<typeof registerImage>;

/** As if the firmware did not know the register with the highest address of each area. */
const withoutLast =
  (memory: Memory): Memory =>
  (area) => {
    const words = new Map(memory(area));
    words.delete(Math.max(...words.keys()));
    return words;
  };

/** Everything behind the function code upside down: neither the byte count nor an exception code is right any more. */
const garbled = (pdu: Buffer): Buffer => pdu.map((byte, index) => (index === 0 ? byte : byte ^ 0xff)) as Buffer;

const FRAMINGS = {
  tcp: { take: takeFrames, toBytes },
  /** RTU frames, as a converter before a serial line carries them. */
  'rtu-over-tcp': { take: takeRtuFrames, toBytes: toRtuBytes },
} as const;

/**
 * Listens on 127.0.0.1, for port 0 on a free one. An offline unit is silent. A unit that does not exist gets exception 0B; on a
 * serial line there is nobody to say so.
 */
export async function startModbusPort(
  units: readonly ModbusUnit[],
  wantedPort = 0,
  transport: keyof typeof FRAMINGS = 'tcp',
): Promise<ModbusPort> {
  const framing = FRAMINGS[transport];
  const memories = new Map(units.map(({ unit, device }) => [unit, { device, memory: registerImage(device) }]));
  const sockets = new Set<Socket>();

  const reply = (frame: Frame): Buffer | null => {
    const found = memories.get(frame.unit);
    if (found === undefined && transport !== 'tcp') return null;
    if (found === undefined) return exception(frame.pdu[0] ?? 0, EXCEPTION.noTargetAnswer);
    if (found.device.offline()) return null;
    if (found.device.has?.('busy')) return exception(frame.pdu[0] ?? 0, EXCEPTION.busy);
    const { device, memory } = found;
    const shown = device.has?.('missing-register') ? withoutLast(memory) : memory;
    const pdu = answer(frame.pdu, shown, device.model.modbus.maxRegistersPerRead, writer(device));
    return device.has?.('garbled') ? garbled(pdu) : pdu;
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      const taken = framing.take(pending.length === 0 ? chunk : Buffer.concat([pending, chunk]));
      if (taken === null) {
        socket.destroy();
        return;
      }
      pending = taken.rest;
      for (const frame of taken.frames) {
        const device = memories.get(frame.unit)?.device;
        if (device?.has?.('dropped-connection')) {
          socket.destroy();
          return;
        }
        const pdu = reply(frame);
        if (pdu === null) continue;
        const unit = device?.has?.('wrong-unit') ? (frame.unit % 247) + 1 : frame.unit;
        const bytes = framing.toBytes({ ...frame, unit, pdu });
        if (device?.has?.('slow-answers'))
          setTimeout(() => socket.writable && socket.write(bytes), SLOW_ANSWER_MS).unref();
        else socket.write(bytes);
      }
    });
    // A client that goes away is everyday business; `close` follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server, wantedPort);
  return {
    port,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
