// A Modbus server that is not ours (pymodbus), laid out as a Eastron SDM630, read through gateway and server.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listens, startWithOneDevice } from './one-device.ts';
import { freePort, partsMissing } from './product.ts';

const PYTHON = '/usr/bin/python3';
const missing = partsMissing(PYTHON, '/usr/lib/python3/dist-packages/pymodbus');

describe.skipIf(missing)('a foreign Modbus server', () => {
  it.each(['tcp', 'rtu-over-tcp'])(
    'laid out as an SDM630 is read correctly into /api/v1/equipment/{id} over %s',
    async (transport) => {
      const port = await freePort();
      const meter = spawn(PYTHON, [join(import.meta.dirname, 'foreign_modbus.py'), String(port), transport], {
        stdio: 'ignore',
      });
      const connection = { transport, host: '127.0.0.1', port, unit: 1 };
      const product = await startWithOneDevice({ id: 'LV-9', model: 'eastron/sdm630', connection });
      try {
        await listens('the meter', port);
        const values = await product.values('energyImport');
        const of = (point: string) => values[point] ?? Number.NaN;
        expect(of('voltageL1')).toBeCloseTo(230.2, 3);
        expect(of('voltageL2')).toBeCloseTo(231.4, 3);
        expect(of('voltageL3')).toBeCloseTo(229.8, 3);
        expect(of('currentL3')).toBeCloseTo(13.25, 4);
        expect(of('powerFactor')).toBeCloseTo(0.97, 4);
        expect(of('frequency')).toBeCloseTo(50.02, 3);
        expect(of('energyImport')).toBeCloseTo(123456.5, 2);
        // The SDM630 gives W; the class wants kW.
        expect(of('activePower')).toBeCloseTo(8.30075, 4);
      } finally {
        await product.stop();
        meter.kill('SIGKILL');
      }
    },
    120_000,
  );
});
