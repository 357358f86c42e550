// The server killed between every two steps of an alarm's raise, an acknowledgement and an order's acceptance, at random
// moments, and frozen in between: state equals the journal replayed, no alarm and no order exists twice.
import { expect, it } from 'vitest';
import { createDice } from '../faults/core/dice.ts';
import { CRASH_POINTS, type CrashPoint, runCrashRounds } from '../faults/crash-rounds.ts';

const ANY: readonly CrashPoint[] = Array<CrashPoint>(4).fill('any');

it('F05 F37 F38: killed at any step, everything is there once', async () => {
  const seed = Number(process.env['LOUWEI_TEST_SEED'] ?? Date.now() % 2 ** 31);
  console.info(`seed ${seed} (LOUWEI_TEST_SEED)`);
  const points = [...CRASH_POINTS, ...ANY];
  const result = await runCrashRounds(points, createDice(seed));
  console.info(JSON.stringify({ seed, ...result }));
  expect(result.findings).toEqual([]);
  expect(result.alarms).toBeGreaterThanOrEqual(points.length);
  expect(result.orders).toBeGreaterThanOrEqual(points.length);
}, 180_000);
