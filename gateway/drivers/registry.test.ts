import { describe, expect, it } from 'vitest';
import { DRIVERS, driverFor } from './registry.ts';

describe('driver registry', () => {
  it('lists each protocol once, with a connection schema that names the faulty field', () => {
    expect(DRIVERS.map(({ protocol }) => protocol)).toEqual(['modbus', 'opcua', 'mqtt', 'sparkplug']);
    expect(driverFor('bacnet')).toBeUndefined();
    const faults = (protocol: string, connection: unknown): string[] =>
      driverFor(protocol)
        ?.connectionSchema.safeParse(connection)
        .error?.issues.map(({ path }) => path.join('.')) ?? [];
    expect(faults('modbus', { host: 'plc', unit: 0 })).toEqual(['unit']);
    expect(faults('opcua', { endpoint: 'http://plc' })).toEqual(['endpoint']);
    expect(faults('mqtt', { url: 'mqtt://broker', baseTopic: 'a/#' })).toEqual(['baseTopic']);
    expect(faults('mqtt', { url: 'http://broker', baseTopic: 'a' })).toEqual(['url']);
    expect(faults('sparkplug', { url: 'mqtt://broker', group: 'a/b', edgeNode: 'n' })).toEqual(['group']);
    expect(faults('sparkplug', { url: 'mqtt://broker', group: 'g', edgeNode: 'n', device: '+' })).toEqual(['device']);
    expect(faults('sparkplug', { url: 'mqtt://broker', group: 'g', edgeNode: 'n' })).toEqual([]);
    expect(faults('modbus', { host: 'plc', unit: 3 })).toEqual([]);
  });

  it('describes a connection in words and never shows a password', () => {
    const described = (protocol: string, connection: Record<string, unknown>): string => {
      const driver = driverFor(protocol);
      return driver?.describe(driver.connectionSchema.parse(connection)) ?? '';
    };
    expect(described('modbus', { host: '10.0.0.5', unit: 3 })).toBe('modbus tcp 10.0.0.5:502 unit 3');
    expect(described('mqtt', { url: 'mqtt://me:secret@broker:1883', baseTopic: 'lift/1' })).toBe(
      'mqtt mqtt://broker:1883 topic lift/1',
    );
    const node = { url: 'mqtt://me:secret@broker:1883', group: 'plant', edgeNode: 'pumps' };
    expect(described('sparkplug', node)).toBe('sparkplug mqtt://broker:1883 plant/pumps');
    expect(described('sparkplug', { ...node, device: 'P 1' })).toBe('sparkplug mqtt://broker:1883 plant/pumps/P 1');
    expect(described('opcua', { endpoint: 'opc.tcp://plc:4840', prefix: 'AHU1', password: 'secret' })).toBe(
      'opc ua opc.tcp://plc:4840 prefix AHU1',
    );
  });
});
