// The simulated Modbus port as pymodbus sees it, a client that is not ours: every type and word order read, every function
// that writes, and what the device refuses; as Modbus TCP and as RTU frames over TCP.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ModbusModel } from '@louwei/device-profiles';
import { afterEach, describe, expect, it } from 'vitest';
import type { PointValue } from '../../plant/plant.ts';
import { modbusModel, startToldUnit } from './told-unit.fixture.ts';

const PYTHON = '/usr/bin/python3';
const absent = [PYTHON, '/usr/lib/python3/dist-packages/pymodbus'].filter((path) => !existsSync(path));
if (absent.length > 0 && process.env['LOUWEI_TEST_REQUIRE'] === 'all')
  throw new Error(`required for these tests, but absent: ${absent.join(', ')}`);
if (absent.length > 0) process.stderr.write(`SKIPPED: ${absent.join(', ')} is absent\n`);

type Question = { readonly address: number; readonly type?: string; readonly order?: string } & (
  | { readonly read: string; readonly count?: number; readonly words?: number }
  | { readonly write: string; readonly value: number | boolean; readonly several?: boolean }
);
type Answer = { readonly value: unknown } | { readonly exception: number };
type Transport = 'tcp' | 'rtu-over-tcp';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function startUnit(model: ModbusModel, values: Record<string, PointValue>, transport: Transport) {
  const { port, stop } = await startToldUnit(model, values, transport);
  closers.push(stop);
  return (...questions: Question[]): Promise<Answer[]> =>
    new Promise((done, fail) => {
      const client = execFile(
        PYTHON,
        [join(import.meta.dirname, 'pymodbus_client.py'), String(port), transport],
        (error, stdout, stderr) => (error ? fail(new Error(`${error.message}\n${stderr}`)) : done(JSON.parse(stdout))),
      );
      client.stdin?.end(JSON.stringify(questions));
    });
}

const holding = (address: number, type: string, order = 'ABCD', words?: number): Question =>
  words === undefined ? { read: 'holding', address, type, order } : { read: 'holding', address, type, order, words };

describe.skipIf(absent.length > 0).each(['tcp', 'rtu-over-tcp'] as const)('pymodbus over %s', (transport) => {
  it('reads every type in every word order as the simulator says', async () => {
    const numbers: Record<string, number> = { u16: 65_000, s16: -1234, u32: 4_000_000_001, s32: -70_001 };
    Object.assign(numbers, { u64: 2 ** 40 + 5, s64: -(2 ** 40) - 5, f32: -0.15625, f64: 123456.789 });
    const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
    const points: ModbusModel['points'] = { maker: { area: 'holding', address: 500, type: 'text', length: 6 } };
    const values: Record<string, PointValue> = { maker: 'LOUWEI-77' };
    const asked = orders.flatMap((order, block) =>
      (['u16', 's16', 'u32', 's32', 'u64', 's64', 'f32', 'f64'] as const).map((type, index) => {
        const address = block * 100 + index * 4;
        points[`${type}${order}`] = { area: 'holding', address, type, wordOrder: order };
        values[`${type}${order}`] = numbers[type] ?? null;
        return { question: holding(address, type, order), expected: { value: numbers[type] } };
      }),
    );
    const ask = await startUnit({ ...modbusModel('abb/b23'), points }, values, transport);
    const answers = await ask(...asked.map(({ question }) => question), holding(500, 'text', 'ABCD', 6));
    expect(answers).toEqual([...asked.map(({ expected }) => expected), { value: 'LOUWEI-77' }]);
  });

  it('reads a fan: scaled words, 32 bits with the low word first, coils and discrete inputs', async () => {
    const values = { running: 1, runCommand: 1, fault: 0, warning: 1, autoMode: 1, fireMode: 0 };
    const measured = { frequency: 42.5, motorTemperature: -7, airflow: 70_000, runHours: 8_765.4, motorCurrent: null };
    const ask = await startUnit(modbusModel('generic/exhaust-fan'), { ...values, ...measured }, transport);
    const input = (address: number, type: string): Question => ({ read: 'input', address, type, order: 'CDAB' });
    expect(
      await ask(
        { read: 'coil', address: 0 },
        { read: 'discrete', address: 2, count: 4 },
        input(2, 'u16'),
        input(9, 's16'),
        input(10, 'u32'),
        input(14, 'u32'),
        input(4, 'u16'),
      ),
    ).toEqual([
      { value: [true] },
      { value: [false, true, true, false] },
      { value: 425 },
      { value: -7 },
      { value: 70_000 },
      { value: 87_654 },
      { value: 0xffff },
    ]);
  });

  it('writes a coil (FC 05), a register (FC 06, 16) and a float (FC 16), and reads them back', async () => {
    const fan = { runCommand: 0, frequencySetpoint: 30 };
    const askFan = await startUnit(modbusModel('generic/exhaust-fan'), fan, transport);
    const setpoint = { address: 0, type: 'u16' };
    expect(
      await askFan(
        { write: 'coil', address: 0, value: true },
        { read: 'coil', address: 0 },
        { write: 'holding', ...setpoint, value: 445 },
        { read: 'holding', ...setpoint },
        { write: 'holding', ...setpoint, value: 355, several: true },
        { read: 'holding', ...setpoint },
      ),
    ).toEqual([{ value: null }, { value: [true] }, { value: null }, { value: 445 }, { value: null }, { value: 355 }]);
    expect(fan).toEqual({ runCommand: 1, frequencySetpoint: 35.5 });

    const pump = { pressureSetpoint: 0.45 };
    const askPump = await startUnit(modbusModel('generic/booster-pump-set'), pump, transport);
    const pressure = { address: 2, type: 'f32', order: 'CDAB' };
    const [written, read] = await askPump(
      { write: 'holding', ...pressure, value: 0.6 },
      { read: 'holding', ...pressure },
    );
    expect([written, read]).toEqual([{ value: null }, { value: Math.fround(0.6) }]);
    expect(pump).toEqual({ pressureSetpoint: 0.6 });
  });

  it('is given the exception of the clause for what the device does not have or does not take', async () => {
    const values = { pressureSetpoint: 0.45, outletPressure: 0.4 };
    const ask = await startUnit(modbusModel('generic/booster-pump-set'), values, transport);
    const float = { type: 'f32', order: 'CDAB' };
    const answers = await ask(
      // Behind the last register; half behind it; a bit that is not there.
      { read: 'holding', address: 9, type: 'u16' },
      { read: 'holding', address: 8, ...float },
      { read: 'discrete', address: 40 },
      // Read-only, beyond the range, half a float, a function no pump takes there.
      { write: 'holding', address: 0, ...float, value: 0.5 },
      { write: 'holding', address: 2, ...float, value: 0.9 },
      { write: 'holding', address: 2, type: 'u16', value: 1 },
      { write: 'coil', address: 0, value: true },
      { read: 'holding', address: 2, ...float },
    );
    expect(answers.slice(0, -1)).toEqual(Array.from({ length: 7 }, () => ({ exception: 2 })));
    expect(answers.at(-1)).toEqual({ value: Math.fround(0.45) });

    const meter = await startUnit(modbusModel('eastron/sdm630'), { voltageL1: 230.5 }, transport);
    expect(
      await meter(
        { read: 'input', address: 0, type: 'f32' },
        { write: 'holding', address: 0, type: 'u16', value: 1 },
        // More registers than the product answers at once (Modbus Application Protocol V1.1b3, 6.4).
        { read: 'input', address: 0, type: 'text', words: 125 },
      ),
    ).toEqual([{ value: 230.5 }, { exception: 1 }, { exception: 3 }]);
  });
});
