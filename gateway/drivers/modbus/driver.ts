// Modbus TCP: devices with the same host and port share one connection, for behind it there is often one serial line.
import type { ModbusModel } from '@louwei/device-profiles';
import { z } from 'zod';
import { createBusRunner } from '../../polling/bus-runner.ts';
import type { DriverDefinition } from '../port.ts';
import { createModbusBus } from './bus.ts';

export const modbusConnection = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(502),
  /** 0 is the broadcast, which nobody answers; 248-255 are reserved (Modbus over Serial Line V1.02, 2.2). */
  unit: z.int().min(1).max(247),
});
export type ModbusConnection = z.infer<typeof modbusConnection>;

const busOf = ({ host, port }: ModbusConnection): string => `modbus tcp ${host}:${port}`;

export const modbusDriver: DriverDefinition<ModbusModel, ModbusConnection> = {
  protocol: 'modbus',
  connectionSchema: modbusConnection,
  describe: (connection) => `${busOf(connection)} unit ${connection.unit}`,
  bus: busOf,
  create(devices, host) {
    const buses = Map.groupBy(devices, ({ connection }) => busOf(connection));
    const runners = [...buses].flatMap(([where, onBus]) => {
      const first = onBus[0];
      if (first === undefined) return [];
      const bus = createModbusBus(first.connection.host, first.connection.port);
      const units = onBus.map(({ connection, ...device }) => ({ ...device, unit: connection.unit }));
      return [createBusRunner({ units, bus, host, where })];
    });
    return {
      async start() {
        for (const runner of runners) runner.start();
      },
      async stop() {
        await Promise.all(runners.map((runner) => runner.stop()));
      },
    };
  },
};
