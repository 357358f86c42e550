// One place, a TCP port or a serial port: its connection, who is read over it, and who may ask once in between.
import type { ModbusModel } from '@louwei/device-profiles';
import type { Bus } from '../../polling/bus.ts';
import { createBusRunner } from '../../polling/bus-runner.ts';
import type { BusDiagnosis } from '../../polling/diagnosis.ts';
import type { LearnedStore } from '../../polling/learned-store.ts';
import type { OpenLine } from '../lines.ts';
import type { DriverDevice, DriverHost, OneRead, WriteOutcome } from '../port.ts';
import { createModbusBus, type ModbusBus } from './bus.ts';
import { busOf, lineOf, type ModbusConnection } from './connection.ts';
import { writePoint } from './write.ts';

export type ModbusDevice = DriverDevice<ModbusModel, ModbusConnection>;

/** The model as this very device speaks. Points that state an order of their own keep it. */
const asSpoken = ({ model, connection: { wordOrder } }: ModbusDevice): ModbusModel =>
  wordOrder === undefined ? model : { ...model, modbus: { ...model.modbus, wordOrder } };

export interface Place extends OpenLine {
  readonly where: string;
  readonly bus: ModbusBus;
  diagnosis(): BusDiagnosis;
  write(device: string, point: string, value: number, mayStart: () => boolean): Promise<WriteOutcome>;
}

export function openPlace(devices: readonly ModbusDevice[], host: DriverHost, learned: LearnedStore): Place {
  const [first] = devices;
  if (first === undefined) throw new RangeError('a place has at least one device');
  const where = busOf(first.connection);
  const bus = createModbusBus(first.connection);
  const [reached, foreign] = [
    devices.filter(({ connection }) => busOf(connection) === where),
    devices.filter(({ connection }) => busOf(connection) !== where),
  ];
  const units = reached.map((device) => {
    const { connection, ...rest } = device;
    return { ...rest, model: asSpoken(device), unit: connection.unit };
  });
  const runner = createBusRunner({ units, bus, host, where, line: lineOf(first.connection), learned });
  return {
    where,
    bus,
    start() {
      for (const { id, connection } of foreign)
        host.state(id, { online: false, reason: `${busOf(connection)}: ${first.id} uses the same place as ${where}` });
      runner.start();
    },
    stop: () => runner.stop(),
    diagnosis: () => runner.diagnosis(),
    async write(device, point, value, mayStart) {
      const own = reached.find(({ id }) => id === device);
      if (own === undefined) return { kind: 'not-sent', reason: `no device ${device}` };
      const { connection } = own;
      return writePoint(bus, connection.unit, asSpoken(own), { point, value, mayStart });
    },
  };
}

/** Reads a device once; over the connection of the place when it has one, between the reads of the others. */
export function readBetween(device: ModbusDevice, place: Place | undefined, host: DriverHost): OneRead {
  const { connection, ...rest } = device;
  const where = busOf(connection);
  if (place !== undefined && place.where !== where) {
    return {
      async start() {
        host.state(device.id, { online: false, reason: `${where}: the place is in use as ${place.where}` });
      },
      stop: async () => undefined,
    };
  }
  const bus = place === undefined ? createModbusBus(connection) : asGuest(place.bus);
  const runner = createBusRunner({
    units: [{ ...rest, model: asSpoken(device), unit: connection.unit }],
    bus,
    host,
    where,
    line: lineOf(connection),
  });
  return {
    async start() {
      runner.start();
    },
    stop: () => runner.stop(),
  };
}

const asGuest = (bus: ModbusBus): Bus => ({
  isOpen: bus.isOpen,
  connect: bus.connect,
  read: bus.readAsGuest,
  close: () => undefined,
});
