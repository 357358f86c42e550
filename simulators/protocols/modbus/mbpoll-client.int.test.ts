// The simulated Modbus port as mbpoll sees it, a client by libmodbus: read and written.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { modbusModel, startToldUnit } from './told-unit.fixture.ts';

const MBPOLL = '/usr/bin/mbpoll';
const missing = !existsSync(MBPOLL);
if (missing && process.env['LOUWEI_TEST_REQUIRE'] === 'all')
  throw new Error(`required for these tests, but absent: ${MBPOLL}`);
if (missing) process.stderr.write(`SKIPPED: ${MBPOLL} is absent\n`);

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const run = promisify(execFile);

async function startPump() {
  const values = { outletPressure: 0.45, pressureSetpoint: 0.5, tankLevel: 78.5, autoMode: 1 };
  const { port, stop } = await startToldUnit(modbusModel('generic/booster-pump-set'), values);
  closers.push(stop);
  const mbpoll = async (what: readonly string[], written: readonly string[] = []): Promise<string> => {
    const { stdout } = await run(MBPOLL, ['-p', String(port), '-a', '1', '-1', ...what, '127.0.0.1', ...written]);
    return stdout;
  };
  return { values, mbpoll };
}

const shown = (output: string, reference: number): number =>
  Number(new RegExp(`\\[${reference}\\]:\\s*(\\S+)`).exec(output)?.[1] ?? Number.NaN);

describe.skipIf(missing)('mbpoll', () => {
  it('reads floats, words and bits', async () => {
    const { mbpoll } = await startPump();
    expect(shown(await mbpoll(['-t', '4:float', '-r', '1']), 1)).toBeCloseTo(0.45, 5);
    expect(shown(await mbpoll(['-t', '4', '-r', '7']), 7)).toBe(785);
    expect(shown(await mbpoll(['-t', '1', '-r', '5']), 5)).toBe(1);
  });

  it('writes what the model allows and is refused the rest', async () => {
    const { mbpoll, values } = await startPump();
    await mbpoll(['-t', '4:float', '-r', '3'], ['0.6']);
    expect(values.pressureSetpoint).toBeCloseTo(0.6, 5);
    expect(shown(await mbpoll(['-t', '4:float', '-r', '3']), 3)).toBeCloseTo(0.6, 5);
    await expect(mbpoll(['-t', '4:float', '-r', '1'], ['0.7'])).rejects.toThrow(/Illegal/);
    expect(values.outletPressure).toBe(0.45);
  });
});
