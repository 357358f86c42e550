// Counts the journal of one operating position over whole 10-min periods. Entries may come in any portions; entries
// before the window only tell the state in which the window begins.
import { isModified } from '../../alarms/core/facts.ts';
import { apply } from '../../alarms/core/transition.ts';
import { alarmKey, isActivation, isAnnounced, type JournalFact } from './announcement.ts';
import { isActed, isUnauthorised, newTrack, staleDays, type Track } from './track.ts';

/** Fixed periods of the figures, aligned to the epoch. */
export const PERIOD_MS = 600_000;
/** So many activations of one alarm in so long a time are chatter. */
const CHATTER_COUNT = 3;
const CHATTER_MS = 60_000;
/** Gone sooner than this without anybody acting: fleeting. */
const FLEETING_MS = 10_000;

export interface AlarmTally {
  readonly equipmentId: string;
  readonly alarm: string;
  priority: number;
  count: number;
  chatter: boolean;
  /** Longest pause between two activations while it chattered, ms. */
  chatterPauseMs: number;
  /** Start of the last chatter, for measuring the noise. */
  chatterAtMs: number | null;
  /** How long each fleeting activation lasted, ms. */
  readonly fleetingMs: number[];
  stale: boolean;
}

export interface Tally {
  readonly fromMs: number;
  readonly toMs: number;
  annunciated: number;
  notAnnunciated: number;
  unauthorised: number;
  /** Index of the period (epoch / 600 s) to its count; empty periods are absent. */
  readonly periods: Map<number, number>;
  /** Index 0 is priority 1. */
  readonly byPriority: number[];
  readonly alarms: Map<string, AlarmTally>;
  /** Day (epoch / 24 h) to the alarms that were stale on it. */
  readonly staleOn: Map<number, Set<string>>;
  readonly ackMs: number[];
}

export interface Counting {
  add(facts: readonly JournalFact[]): void;
  /** What is so far; standing alarms are counted up to `nowMs`. */
  read(nowMs: number): Tally;
}

/** Whole periods that contain the span. */
export const wholePeriods = (fromMs: number, toMs: number): { readonly fromMs: number; readonly toMs: number } => {
  const from = Math.floor(fromMs / PERIOD_MS) * PERIOD_MS;
  return { fromMs: from, toMs: Math.max(from + PERIOD_MS, Math.ceil(toMs / PERIOD_MS) * PERIOD_MS) };
};

export function createCounting(fromMs: number, toMs: number): Counting {
  const tally: Tally = {
    fromMs,
    toMs,
    annunciated: 0,
    notAnnunciated: 0,
    unauthorised: 0,
    periods: new Map(),
    byPriority: [0, 0, 0, 0],
    alarms: new Map(),
    staleOn: new Map(),
    ackMs: [],
  };
  const tracks = new Map<string, Track>();
  const recent = new Map<string, number[]>();

  function alarmOf({ equipmentId, alarm, priority }: JournalFact): AlarmTally {
    const key = alarmKey({ equipmentId, alarm });
    let known = tally.alarms.get(key);
    if (known === undefined) {
      known = {
        equipmentId,
        alarm,
        priority,
        count: 0,
        chatter: false,
        chatterPauseMs: 0,
        chatterAtMs: null,
        fleetingMs: [],
        stale: false,
      };
      tally.alarms.set(key, known);
    }
    return known;
  }

  function countAnnounced(fact: JournalFact, atMs: number): void {
    tally.annunciated++;
    const period = Math.floor(atMs / PERIOD_MS);
    tally.periods.set(period, (tally.periods.get(period) ?? 0) + 1);
    const index = fact.priority - 1;
    tally.byPriority[index] = (tally.byPriority[index] ?? 0) + 1;
    const own = alarmOf(fact);
    own.count++;
    own.priority = fact.priority;
  }

  /** Also of activations before the window: three in 60 s may lie on both sides of its start. */
  function watchChatter(fact: JournalFact, atMs: number, inWindow: boolean): void {
    const key = alarmKey(fact);
    const times = (recent.get(key) ?? []).filter((time) => time > atMs - CHATTER_MS);
    times.push(atMs);
    recent.set(key, times);
    if (times.length < CHATTER_COUNT || !inWindow) return;
    const own = alarmOf(fact);
    own.chatter = true;
    own.chatterAtMs = times[0] ?? atMs;
    for (const [index, time] of times.entries())
      own.chatterPauseMs = Math.max(own.chatterPauseMs, time - (times[index - 1] ?? time));
  }

  function markStale(track: Track, untilMs: number): void {
    for (const day of staleDays(track, fromMs, untilMs)) {
      const keys = tally.staleOn.get(day) ?? new Set<string>();
      tally.staleOn.set(day, keys.add(alarmKey(track.fact)));
      alarmOf(track.fact).stale = true;
    }
  }

  function take(fact: JournalFact): void {
    const { transition } = fact;
    const atMs = transition.serverMs;
    if (atMs >= toMs) return;
    const inWindow = atMs >= fromMs;
    const track = tracks.get(fact.alarmId) ?? newTrack(fact, atMs);
    tracks.set(fact.alarmId, track);
    markStale(track, atMs);
    const before = track.record.facts.cond;
    track.record = apply(track.record, transition);
    track.sinceMs = atMs;
    track.standing = track.record.facts.cond && !isModified(track.record.facts);
    if (track.record.facts.cond && !before) track.activeSinceMs = atMs;

    const announced = isAnnounced(fact);
    if (inWindow && announced) countAnnounced(fact, atMs);
    if (inWindow && isActivation(fact) && !announced) tally.notAnnunciated++;
    if (inWindow && isUnauthorised(transition)) tally.unauthorised++;
    if (announced) track.waitingSinceMs ??= atMs;
    if (announced && isActivation(fact)) {
      watchChatter(fact, atMs, inWindow);
      track.fleetingSinceMs = inWindow ? atMs : null;
    }
    if (transition.event === 'RTN') {
      const lastedMs = track.fleetingSinceMs === null ? null : atMs - track.fleetingSinceMs;
      if (lastedMs !== null && lastedMs < FLEETING_MS && transition.cause === 'process')
        alarmOf(fact).fleetingMs.push(lastedMs);
      track.fleetingSinceMs = null;
    } else if (isActed(transition)) track.fleetingSinceMs = null;
    if (transition.event === 'ACK') {
      if (inWindow && track.waitingSinceMs !== null) tally.ackMs.push(atMs - track.waitingSinceMs);
      track.waitingSinceMs = null;
    }
    if (transition.event === 'CLOSED') tracks.delete(fact.alarmId);
  }

  return {
    add: (facts) => facts.forEach(take),
    read(nowMs) {
      for (const track of tracks.values()) {
        markStale(track, Math.min(nowMs, toMs));
        track.sinceMs = Math.max(track.sinceMs, Math.min(nowMs, toMs));
      }
      return tally;
    },
  };
}
