// Modbus TCP: devices with the same host and port share one connection, for behind it there is often one serial line.
import type { ModbusModel } from '@louwei/device-profiles';
import { z } from 'zod';
import type { Bus } from '../../polling/bus.ts';
import { createBusRunner } from '../../polling/bus-runner.ts';
import type { DriverDefinition } from '../port.ts';
import { createModbusBus } from './bus.ts';
import { writePoint } from './write.ts';

export const modbusConnection = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(502),
  /** 0 is the broadcast, which nobody answers; 248-255 are reserved (Modbus over Serial Line V1.02, 2.2). */
  unit: z.int().min(1).max(247),
});
export type ModbusConnection = z.infer<typeof modbusConnection>;

export const modbusDriver: DriverDefinition<ModbusModel, ModbusConnection> = {
  protocol: 'modbus',
  connectionSchema: modbusConnection,
  describe: ({ host, port, unit }) => `modbus tcp ${host}:${port} unit ${unit}`,
  create(devices, host) {
    const buses = Map.groupBy(devices, ({ connection }) => `${connection.host}:${connection.port}`);
    const busOf = new Map<string, { bus: Bus; unit: number; model: ModbusModel }>();
    const runners = [...buses].flatMap(([where, onBus]) => {
      const first = onBus[0];
      if (first === undefined) return [];
      const bus = createModbusBus(first.connection.host, first.connection.port);
      const units = onBus.map(({ connection, ...device }) => ({ ...device, unit: connection.unit }));
      for (const { id, unit, model } of units) busOf.set(id, { bus, unit, model });
      return [createBusRunner({ units, bus, host, where: `modbus tcp ${where}` })];
    });
    return {
      async start() {
        for (const runner of runners) runner.start();
      },
      async stop() {
        await Promise.all(runners.map((runner) => runner.stop()));
      },
      async write(device, point, value, mayStart) {
        const own = busOf.get(device);
        if (own === undefined) return { kind: 'not-sent', reason: `no device ${device}` };
        return writePoint(own.bus, own.unit, own.model, { point, value, mayStart });
      },
    };
  },
};
