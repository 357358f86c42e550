// What the runner knows of one device while it runs: its plans and what it has learned from refusals, told once in words.
import type { Logger } from 'pino';
import type { BusUnit } from './bus-runner.ts';
import { type DevicePlan, planDevice } from './core/device-plan.ts';
import {
  dueProbes,
  type Learned,
  limitsOf,
  NOTHING_LEARNED,
  withAnswer,
  withIllegal,
  withoutOldBarriers,
  withSplit,
} from './core/learned.ts';
import type { ReadCost } from './core/line-cost.ts';
import type { PollClass } from './core/schedule.ts';
import { endOf, overlaps, PROTOCOL_LIMITS, type Span } from './core/span.ts';
import type { LearnedStore } from './learned-store.ts';
import type { TurnResult } from './read-turn.ts';

/** Requests a turn may spend on dividing refused blocks. */
const MAX_EXTRA = 24;
/** After a turn in which everything was refused, at most so many turns divide nothing. */
const FUTILE_TURNS = 64;

export interface DeviceMemory {
  planOf(classes: readonly PollClass[]): DevicePlan;
  /** Illegal spans of the plan that may be asked again now. */
  probesOf(plan: DevicePlan, nowMs: number): Span[];
  /** How many requests this turn may spend on dividing. */
  maxExtra(): number;
  learn(turn: TurnResult, nowMs: number): void;
  readonly learned: () => Learned;
}

export function createDeviceMemory(
  unit: BusUnit,
  cost: ReadCost,
  store: LearnedStore | undefined,
  log: Logger,
): DeviceMemory {
  const plans = new Map<string, DevicePlan>();
  let learned = store?.load(unit.id) ?? NOTHING_LEARNED;
  /** Turns in a row without one answer; a device that refuses everything has another trouble than its addresses. */
  let futile = 0;
  let skip = 0;
  let unsaved = false;

  function replace(next: Learned): void {
    if (next === learned) return;
    const limits = [limitsOf(learned, PROTOCOL_LIMITS).maxRegisters, limitsOf(next, PROTOCOL_LIMITS).maxRegisters];
    const matters = next.barriers !== learned.barriers || next.illegal !== learned.illegal || limits[0] !== limits[1];
    learned = next;
    if (!matters) return;
    plans.clear();
    unsaved = true;
  }

  const isKnown = (span: Span): boolean => learned.illegal.some((known) => overlaps(known.span, span));

  function learnIllegal(span: Span, nowMs: number): void {
    const isNew = !isKnown(span);
    replace(withIllegal(learned, span, nowMs));
    if (isNew)
      log.warn(
        { device: unit.id, points: pointsAt(unit, span) },
        `the device refuses to read ${words(span)}; its points have no value, and it is asked again from time to time`,
      );
  }

  function take({ outcomes, splits, illegal }: TurnResult, nowMs: number): void {
    const answered = [...outcomes].filter(([, { outcome }]) => outcome.kind === 'answer').map(([span]) => span);
    if (answered.length === 0) {
      for (const span of illegal) if (isKnown(span)) replace(withIllegal(learned, span, nowMs));
      if (illegal.length > 0) {
        futile = Math.min(FUTILE_TURNS, Math.max(1, futile * 2));
        skip = futile;
      }
      return;
    }
    futile = 0;
    skip = 0;
    for (const span of answered) {
      const again = learned.illegal.filter((known) => overlaps(known.span, span));
      replace(withAnswer(learned, span));
      for (const known of again) log.info({ device: unit.id }, `the device answers ${words(known.span)} again`);
    }
    for (const span of illegal) learnIllegal(span, nowMs);
    for (const split of splits) replace(withSplit(learned, split, nowMs));
    if (splits.length > 0)
      log.info(
        { device: unit.id, blocks: splits.map(({ whole }) => words(whole)) },
        'the device refuses these blocks in one read; from now on in smaller reads',
      );
    replace(withoutOldBarriers(learned, nowMs));
  }

  return {
    learned: () => learned,
    planOf(classes) {
      const key = classes.toSorted().join(' ');
      const known = plans.get(key);
      if (known !== undefined) return known;
      const plan = planDevice(unit.model, unit.class, classes, cost, learned);
      plans.set(key, plan);
      return plan;
    },
    probesOf: (plan, nowMs) =>
      dueProbes(learned, nowMs)
        .filter((probe) => plan.wanted.some((span) => overlaps(span, probe)))
        .slice(0, 1),
    maxExtra() {
      if (skip === 0) return MAX_EXTRA;
      skip--;
      return 0;
    },
    learn(turn, nowMs) {
      take(turn, nowMs);
      if (unsaved) store?.save(unit.id, learned);
      unsaved = false;
    },
  };
}

function pointsAt(unit: BusUnit, span: Span): string[] {
  const plan = planDevice(
    unit.model,
    unit.class,
    ['fast', 'normal', 'slow'],
    { requestMs: 1, byteMs: 0 },
    NOTHING_LEARNED,
  );
  return plan.points
    .filter(({ places }) => places.some(({ spans }) => spans.some((own) => overlaps(own, span))))
    .map(({ name }) => name);
}

const AREA_WORDS = {
  coil: 'coils',
  discrete: 'discrete inputs',
  holding: 'holding registers',
  input: 'input registers',
};
const words = (span: Span): string => `${AREA_WORDS[span.area]} ${span.address}-${endOf(span) - 1} (wire addresses)`;
