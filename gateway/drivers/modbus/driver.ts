// Modbus: devices with the same place share one connection, for there is one line, or often one line behind it.
import { join } from 'node:path';
import type { ModbusModel } from '@louwei/device-profiles';
import type { Bus } from '../../polling/bus.ts';
import { type BusRunner, createBusRunner } from '../../polling/bus-runner.ts';
import type { DriverDefinition } from '../port.ts';
import { createModbusBus } from './bus.ts';
import { busOf, lineOf, type ModbusConnection, modbusConnection, placeOf } from './connection.ts';
import { openLearnedFile } from './learned-file.ts';
import { writePoint } from './write.ts';

export const modbusDriver: DriverDefinition<ModbusModel, ModbusConnection> = {
  protocol: 'modbus',
  connectionSchema: modbusConnection,
  describe: (connection) => `${busOf(connection)} unit ${connection.unit}`,
  bus: busOf,
  create(devices, host) {
    const learned = openLearnedFile(join(host.dataDir, 'modbus'), devices, host.log);
    const reached = new Map<string, { bus: Bus; connection: ModbusConnection; model: ModbusModel }>();
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
        const bus = createModbusBus(first.connection);
        for (const { id, connection, model } of onPlace)
          if (busOf(connection) === where) reached.set(id, { bus, connection, model });
        return [createBusRunner({ units, bus, host, where, line: lineOf(first.connection), learned })];
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
      async write(device, point, value, mayStart) {
        const own = reached.get(device);
        if (own === undefined) return { kind: 'not-sent', reason: `no device ${device}` };
        const { bus, connection, model } = own;
        return writePoint(bus, connection.unit, model, { point, value, mayStart });
      },
    };
  },
};
