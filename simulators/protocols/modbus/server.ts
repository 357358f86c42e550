// A Modbus TCP port with one or several units behind it, like a meter bus behind a serial gateway.
import { createServer, type Socket } from 'node:net';
import type { ModbusModel } from '@louwei/device-profiles';
import type { SimulatedDevice } from '../device.ts';
import { listen } from '../listen.ts';
import { SLOW_ANSWER_MS } from '../nuisance.ts';
import { answer } from './answer.ts';
import { EXCEPTION, exception, type Frame, takeFrames, toBytes } from './frame.ts';
import { registerImage } from './image.ts';
import { writer } from './writer.ts';

export interface ModbusUnit {
  readonly unit: number;
  readonly device: SimulatedDevice<ModbusModel>;
}

export interface ModbusPort {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. An offline unit is silent; a unit that does not exist gets exception 0B. */
export async function startModbusPort(units: readonly ModbusUnit[]): Promise<ModbusPort> {
  const memories = new Map(units.map(({ unit, device }) => [unit, { device, memory: registerImage(device) }]));
  const sockets = new Set<Socket>();

  const reply = (frame: Frame): Buffer | null => {
    const found = memories.get(frame.unit);
    if (found === undefined) return exception(frame.pdu[0] ?? 0, EXCEPTION.noTargetAnswer);
    if (found.device.offline()) return null;
    if (found.device.has?.('busy')) return exception(frame.pdu[0] ?? 0, EXCEPTION.busy);
    return answer(frame.pdu, found.memory, found.device.model.modbus.maxRegistersPerRead, writer(found.device));
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      const taken = takeFrames(pending.length === 0 ? chunk : Buffer.concat([pending, chunk]));
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
        const bytes = toBytes({ ...frame, unit, pdu });
        if (device?.has?.('slow-answers'))
          setTimeout(() => socket.writable && socket.write(bytes), SLOW_ANSWER_MS).unref();
        else socket.write(bytes);
      }
    });
    // A client that goes away is everyday business; `close` follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    port,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
