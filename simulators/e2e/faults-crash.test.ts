// The server killed between every two steps of an alarm's raise, an acknowledgement and an order's acceptance, at a
// random moment, in a flood of alarms, and frozen in between: state equals the journal replayed, nothing exists twice.
import { expect, it } from 'vitest';
import { runAlarmFlood } from '../faults/alarm-flood.ts';
import { CRASH_POINTS, type CrashPoint, runCrashRounds } from '../faults/crash-rounds.ts';
import { createDice } from '../faults/dice.ts';

const seed = Number(process.env['LOUWEI_TEST_SEED'] ?? Date.now() % 2 ** 31);

it('F05 F37 F38: killed at any step, everything is there once', async () => {
  console.info(`seed ${seed} (LOUWEI_TEST_SEED)`);
  const points: readonly CrashPoint[] = [...CRASH_POINTS, 'any'];
  const result = await runCrashRounds(points, createDice(seed));
  console.info(JSON.stringify({ seed, ...result }));
  expect(result.findings).toEqual([]);
  expect(result.alarms).toBeGreaterThanOrEqual(points.length);
  expect(result.orders).toBeGreaterThanOrEqual(points.length);
}, 180_000);

it('F36: killed in a flood of alarms, every passage is journalled once', async () => {
  // Two raises of each machine: a third within a minute would be held as flapping instead of journalled one by one.
  const result = await runAlarmFlood({ machines: 500, turns: 4, seconds: 2 }, createDice(seed));
  console.info(JSON.stringify({ seed, ...result }));
  expect(result).toMatchObject({
    findings: [],
    journalledRaises: 1_000,
    journalledReturns: 1_000,
    alarms: 500,
    orders: 500,
  });
}, 120_000);
