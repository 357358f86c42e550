// Modbus: devices with the same place share one connection, for there is one line, or often one line behind it.
import { join } from 'node:path';
import type { ModbusModel } from '@louwei/device-profiles';
import { type BusRunner, createBusRunner } from '../../polling/bus-runner.ts';
import type { DriverDefinition } from '../port.ts';
import { createModbusBus } from './bus.ts';
import { busOf, lineOf, type ModbusConnection, modbusConnection, placeOf } from './connection.ts';
import { openLearnedFile } from './learned-file.ts';

export const modbusDriver: DriverDefinition<ModbusModel, ModbusConnection> = {
  protocol: 'modbus',
  connectionSchema: modbusConnection,
  describe: (connection) => `${busOf(connection)} unit ${connection.unit}`,
  bus: busOf,
  create(devices, host) {
    const learned = openLearnedFile(join(host.dataDir, 'modbus'), devices, host.log);
    const runners = [...Map.groupBy(devices, ({ connection }) => placeOf(connection)).values()].flatMap(
      (onPlace): BusRunner[] => {
        const first = onPlace[0];
        if (first === undefined) return [];
        const where = busOf(first.connection);
        const units = onPlace
          .filter(({ connection }) => busOf(connection) === where)
          .map(({ connection, ...device }) => ({ ...device, unit: connection.unit }));
        for (const { id, connection } of onPlace) {
          const own = busOf(connection);
          if (own !== where)
            host.state(id, { online: false, reason: `${own}: ${first.id} uses the same place as ${where}` });
        }
        const { connection } = first;
        return [
          createBusRunner({ units, bus: createModbusBus(connection), host, where, line: lineOf(connection), learned }),
        ];
      },
    );
    return {
      async start() {
        for (const runner of runners) runner.start();
      },
      async stop() {
        await Promise.all(runners.map((runner) => runner.stop()));
        learned.flush();
      },
      diagnosis: () => runners.map((runner) => runner.diagnosis()),
    };
  },
};
