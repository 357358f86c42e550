// What the gateway says of its outbox, and when.
import { expect, it } from 'vitest';
import type { Sample } from '../points/reading.ts';
import { createOutboxWatch } from './outbox-watch.ts';

function watch() {
  const state = { fill: 0, dropped: 0 };
  const samples: Sample[] = [];
  const warnings: number[] = [];
  const one = createOutboxWatch({
    stats: () => state,
    sink: (said) => samples.push(...said),
    onFilling: (percent) => warnings.push(percent),
  });
  return { state, samples, warnings, tick: one.tick };
}

it('says the fill as readings of the gateway itself when it changes, and every minute', () => {
  const { state, samples, tick } = watch();
  for (let nowMs = 0; nowMs < 60_000; nowMs += 1_000) tick(nowMs);
  expect(samples.map(({ device, point, value }) => [device, point, value])).toEqual([
    ['', 'queueFill', 0],
    ['', 'droppedCount', 0],
  ]);
  tick(60_000);
  expect(samples).toHaveLength(4);
  state.fill = 0.259;
  state.dropped = 7;
  tick(65_000);
  expect(samples.slice(4).map(({ value }) => value)).toEqual([25, 7]);
});

it('warns once before the limit, and again only after it had been calm', () => {
  const { state, warnings, tick } = watch();
  let nowMs = 0;
  for (const fill of [0.5, 0.79, 0.8, 0.95, 0.75, 0.85, 0.69, 0.81]) {
    state.fill = fill;
    nowMs += 5_000;
    tick(nowMs);
  }
  expect(warnings).toEqual([80, 81]);
});

it('goes on when the clock is set back', () => {
  const { state, samples, tick } = watch();
  tick(10_000_000);
  state.fill = 0.5;
  tick(10_000);
  expect(samples.at(-2)?.value).toBe(50);
});
