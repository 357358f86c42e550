// Modbus: devices with the same place share one connection, for there is one line, or often one line behind it.
import { join } from 'node:path';
import type { ModbusModel } from '@louwei/device-profiles';
import { createLines } from '../lines.ts';
import type { DriverDefinition } from '../port.ts';
import { busOf, type ModbusConnection, modbusConnection, placeOf } from './connection.ts';
import { openLearnedFile } from './learned-file.ts';
import { type ModbusDevice, openPlace, type Place, readBetween } from './place.ts';

export const modbusDriver: DriverDefinition<ModbusModel, ModbusConnection> = {
  protocol: 'modbus',
  connectionSchema: modbusConnection,
  describe: (connection) => `${busOf(connection)} unit ${connection.unit}`,
  bus: busOf,
  line: placeOf,
  create(devices, host) {
    const learned = openLearnedFile(join(host.dataDir, 'modbus'), devices, host.log);
    const places = createLines<ModbusDevice, Place>({
      keyOf: ({ connection }) => placeOf(connection),
      open: (onPlace, own) => openPlace(onPlace, own, learned),
      host,
    });
    return {
      start: () => places.update(devices),
      update(next) {
        learned.adopt(next);
        return places.update(next);
      },
      async stop() {
        await places.close();
        learned.flush();
      },
      diagnosis: () => places.all().map((place) => place.diagnosis()),
      async write(device, point, value, mayStart) {
        const place = places.of(device);
        if (place === undefined) return { kind: 'not-sent', reason: `no device ${device}` };
        return place.write(device, point, value, mayStart);
      },
      readOnce: (device, own) => readBetween(device, places.byKey(placeOf(device.connection)), own),
    };
  },
};
