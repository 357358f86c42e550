// What is kept about every operating position while the journal grows: the counts, and whether there is a flood. The
// same entries in any portions give the same, so the live state can be rebuilt from the journal.
import { isAnnounced, type JournalFact } from './announcement.ts';
import { type Flood, type FloodState, NO_FLOOD, observe, settle } from './flood.ts';

export interface PositionState {
  readonly flood: FloodState;
  /** Annunciated by priority since the first entry; index 0 is priority 1. */
  readonly annunciated: readonly number[];
}

export type MonitorState = ReadonlyMap<string, PositionState>;

export interface MonitorStep {
  readonly state: MonitorState;
  readonly ended: readonly { readonly position: string; readonly flood: Flood }[];
}

const NOTHING: PositionState = { flood: NO_FLOOD, annunciated: [0, 0, 0, 0] };

/** @param positionOf operating position of the equipment. */
export function follow(
  state: MonitorState,
  facts: readonly JournalFact[],
  positionOf: (equipmentId: string) => string,
): MonitorStep {
  const next = new Map(state);
  const ended: { position: string; flood: Flood }[] = [];
  for (const [position, own] of Map.groupBy(facts, ({ equipmentId }) => positionOf(equipmentId))) {
    const before = next.get(position) ?? NOTHING;
    const step = observe(before.flood, own);
    const annunciated = [...before.annunciated];
    for (const fact of own)
      if (isAnnounced(fact)) annunciated[fact.priority - 1] = (annunciated[fact.priority - 1] ?? 0) + 1;
    next.set(position, { flood: step.state, annunciated });
    ended.push(...step.ended.map((flood) => ({ position, flood })));
  }
  return { state: next, ended };
}

export function settleAll(state: MonitorState, nowMs: number): MonitorStep {
  const next = new Map(state);
  const ended: { position: string; flood: Flood }[] = [];
  for (const [position, before] of state) {
    const step = settle(before.flood, nowMs);
    if (step.ended.length === 0) continue;
    next.set(position, { ...before, flood: step.state });
    ended.push(...step.ended.map((flood) => ({ position, flood })));
  }
  return { state: next, ended };
}
