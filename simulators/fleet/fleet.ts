// Many Modbus TCP devices in one process, each on a port of its own, whose every register changes once a second, or as often as is asked.
import { type ModbusPort, startModbusPort } from '../protocols/modbus/server.ts';
import { loadModbusModel, loadPoints, loadValue } from './load-profile.ts';

export interface FleetOptions {
  readonly devices: number;
  readonly points: number;
  /** Port of the first device, the others follow; 0: free ports. */
  readonly port: number;
  /** Time from one change of all values to the next, ms. */
  readonly changeMs?: number;
}

export interface FleetDevice {
  readonly id: string;
  readonly port: number;
}

export interface Fleet {
  readonly devices: readonly FleetDevice[];
  stop(): Promise<void>;
}

/** Rejects with the system's error when a port is taken; nothing is left open then. */
export async function startFleet({ devices, points, port, changeMs = 1000 }: FleetOptions): Promise<Fleet> {
  const model = loadModbusModel(points);
  const names = loadPoints(points);
  let tick = 0;
  const open: { id: string; port: ModbusPort }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map((one) => one.port.stop()));
  };
  try {
    for (let index = 0; index < devices; index++) {
      const id = `L-${index + 1}`;
      const device = {
        id,
        model,
        values: () => Object.fromEntries(names.map((name, point) => [name, loadValue(index, point, tick)])),
        version: () => tick,
        offline: () => false,
      };
      open.push({ id, port: await startModbusPort([{ unit: 1, device }], port === 0 ? 0 : port + index) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const timer = setInterval(() => {
    tick++;
  }, changeMs);
  return {
    devices: open.map((one) => ({ id: one.id, port: one.port.port })),
    async stop() {
      clearInterval(timer);
      await close();
    },
  };
}
