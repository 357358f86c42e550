// What rules knew before the start: the causes that suppress them, the set-points and commands they compare with, and the
// windows of those that look at time. It is read from the stored readings, because nothing of it is stored with the alarms.
import { QUALITY_CODES, qualityOfCode } from '@louwei/device-profiles';
import type { Trx } from '../migrations/tables.ts';
import { inSilence, isEvent, recallEvent } from './core/event.ts';
import { recall, recallHistory } from './core/observe-point.ts';
import { toReading, USABLE } from './core/reading.ts';
import { type Draft, enter, stateIn } from './draft.ts';
import { samplesSince } from './history.ts';
import type { PointWatch, Rule } from './rule-book.ts';
import { type LastSample, lastEvents, lastSamples } from './store.ts';

export const USABLE_CODES = [...USABLE].map((quality) => QUALITY_CODES[quality]);

export const readingOf = (sample: LastSample, nowMs: number) =>
  toReading(
    {
      value: sample.value,
      text: sample.text,
      quality: qualityOfCode(sample.quality),
      timeMs: sample.time.getTime(),
    },
    nowMs,
  );

/** A flawed reading that came last does not hide the good one before it: the last good one counts. */
export async function recallInputs(
  trx: Trx,
  draft: Draft,
  points: Iterable<readonly [number, PointWatch]>,
  nowMs: number,
): Promise<void> {
  const wanted = new Map(
    [...points].filter(([, { rules }]) =>
      rules.some(
        ({ definition, state }) =>
          definition.causes.length + definition.levels.length > 0 ||
          definition.points.length > 1 ||
          state.watch.flapping !== null,
      ),
    ),
  );
  for (const sample of await lastSamples(trx, [...wanted.keys()], USABLE_CODES)) {
    const point = wanted.get(sample.pointId);
    if (point === undefined) continue;
    const reading = readingOf(sample, nowMs);
    for (const rule of point.rules)
      enter(draft, rule, recall(rule.definition, stateIn(draft, rule), point.name, reading));
  }
}

/** Births and backlog come before the rules that look at time are asked again. */
const ASK_AFTER_MS = 10_000;

/** Fills the memory of rules that look at time as the readings would have; it decides nothing. */
export async function recallHistories(
  trx: Trx,
  draft: Draft,
  points: Iterable<readonly [number, PointWatch]>,
  nowMs: number,
): Promise<void> {
  const wanted = new Map<
    number,
    { readonly rules: readonly Rule[]; readonly name: string; readonly sinceMs: number }
  >();
  for (const [pointId, { name, rules }] of points) {
    const timed = rules.filter(({ definition }) => definition.horizonMs !== null && definition.points.includes(name));
    const horizonMs = Math.max(...timed.map(({ definition }) => definition.horizonMs ?? 0));
    if (timed.length > 0) wanted.set(pointId, { rules: timed, name, sinceMs: nowMs - horizonMs });
  }
  const histories = new Map<Rule, { point: string; reading: ReturnType<typeof readingOf> }[]>();
  for (const sample of await samplesSince(
    trx,
    [...wanted].map(([pointId, { sinceMs }]) => ({ pointId, sinceMs })),
  )) {
    const point = wanted.get(sample.pointId);
    if (point === undefined) continue;
    const reading = readingOf(sample, sample.time.getTime());
    for (const rule of point.rules) {
      const history = histories.get(rule) ?? [];
      if (history.length === 0) histories.set(rule, history);
      history.push({ point: point.name, reading });
    }
  }
  for (const [rule, history] of histories) {
    const state = recallHistory(rule.definition, stateIn(draft, rule), history, nowMs + ASK_AFTER_MS);
    enter(draft, rule, { state, transitions: [] });
  }
}

/** Events have no rows: what was true at the end of the last run is read from the last good readings, and not journalled again. */
export async function recallEvents(
  trx: Trx,
  draft: Draft,
  points: Iterable<readonly [number, PointWatch]>,
  nowMs: number,
): Promise<void> {
  const wanted = new Map([...points].filter(([, { rules }]) => rules.some(({ definition }) => isEvent(definition))));
  const samples = await lastSamples(trx, [...wanted.keys()], USABLE_CODES);
  const told = await lastEvents(trx, [...new Set([...wanted.values()].map(({ watched }) => watched.equipment.id))]);
  for (const sample of samples) {
    const point = wanted.get(sample.pointId);
    for (const rule of point?.rules ?? []) {
      // A delay that was running is stored and goes on.
      if (point === undefined || !isEvent(rule.definition) || rule.state.watch.pending !== null) continue;
      const state = stateIn(draft, rule);
      const recalled = recallEvent(rule.definition, state, point.name, readingOf(sample, nowMs));
      const isToldSilence =
        rule.definition.silenceMs !== null && (told.get(rule.id) ?? Number.NEGATIVE_INFINITY) >= sample.time.getTime();
      draft.states.set(rule, isToldSilence ? inSilence(recalled) : recalled);
    }
  }
}
