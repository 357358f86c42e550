import { describe, expect, it } from 'vitest';
import { lineOf, modbusConnection } from './connection.ts';
import { modbusDriver } from './driver.ts';

const describeOf = (connection: object): string => modbusDriver.describe(modbusConnection.parse(connection));

describe('connection of a Modbus device', () => {
  it('is TCP unless it says otherwise', () => {
    expect(describeOf({ host: '10.0.0.5', unit: 3 })).toBe('modbus tcp 10.0.0.5:502 unit 3');
    expect(describeOf({ transport: 'tcp', host: '10.0.0.5', port: 5020, unit: 3 })).toBe(
      'modbus tcp 10.0.0.5:5020 unit 3',
    );
    expect(lineOf(modbusConnection.parse({ host: 'h', unit: 1 })).kind).toBe('network');
  });

  it('has the defaults of the serial line standard', () => {
    expect(describeOf({ transport: 'rtu', path: '/dev/ttyUSB0', unit: 7 })).toBe(
      'modbus rtu /dev/ttyUSB0 19200 8E1 unit 7',
    );
    expect(describeOf({ transport: 'rtu', path: 'COM3', baudRate: 9600, parity: 'none', unit: 7 })).toBe(
      'modbus rtu COM3 9600 8N2 unit 7',
    );
    const converter = modbusConnection.parse({
      transport: 'rtu-over-tcp',
      host: 'h',
      parity: 'none',
      stopBits: 1,
      unit: 1,
    });
    expect(modbusDriver.describe(converter)).toBe('modbus rtu-over-tcp h:502 unit 1');
    expect(lineOf(converter)).toMatchObject({ kind: 'serial', baudRate: 19_200, bitsPerCharacter: 10 });
  });

  it('refuses what does not belong to the transport, and names it', () => {
    const fault = (connection: object) =>
      modbusConnection.safeParse(connection).error?.issues.map(({ path, code }) => [path.join('.'), code]);
    expect(fault({ transport: 'rtu', unit: 1 })).toEqual([['path', 'invalid_type']]);
    expect(fault({ host: 'h', unit: 1, baudRate: 9600 })).toEqual([['', 'unrecognized_keys']]);
    expect(fault({ transport: 'ascii', host: 'h', unit: 1 })).toEqual([['transport', 'invalid_union']]);
    expect(fault({ host: 'h', unit: 248 })).toEqual([['unit', 'too_big']]);
    expect(fault({ transport: 'rtu', path: 'x', unit: 1, stopBits: 3 })).toEqual([['stopBits', 'invalid_union']]);
  });
});
