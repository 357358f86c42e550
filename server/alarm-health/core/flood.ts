// When a flood begins and ends (EEMUA 191, ISA-18.2-2016): more than 10 annunciated in a sliding 600 s open it, with the
// oldest of them as its start; it ends at the start of the first sliding 600 s with fewer than 5.
import { type Activation, activationOf, isAnnounced, type JournalFact } from './announcement.ts';

export const WINDOW_MS = 600_000;
export const OPENS_ABOVE = 10;
export const CLOSES_BELOW = 5;

interface Ack {
  readonly alarmId: string;
  readonly atMs: number;
}

export interface Flood {
  readonly startMs: number;
  /** Null while it lasts. */
  readonly endMs: number | null;
  /** Most in any sliding window. */
  readonly peak: number;
  readonly activations: readonly Activation[];
  readonly acks: readonly Ack[];
}

export interface FloodState {
  /** Of the last window, and never fewer than the last five: they say when a flood ends. */
  readonly recent: readonly Activation[];
  readonly recentAcks: readonly Ack[];
  readonly open: Flood | null;
}

export const NO_FLOOD: FloodState = { recent: [], recentAcks: [], open: null };

export interface FloodStep {
  readonly state: FloodState;
  readonly ended: readonly Flood[];
}

/** When the flood was over, if it was before `nowMs`. */
function endBefore(recent: readonly Activation[], nowMs: number): number | null {
  const fifth = recent.at(-CLOSES_BELOW);
  return fifth !== undefined && fifth.atMs + WINDOW_MS < nowMs ? fifth.atMs : null;
}

const close = ({ activations, acks, ...flood }: Flood, endMs: number): Flood => ({
  ...flood,
  endMs,
  activations: activations.filter(({ atMs }) => atMs <= endMs),
  acks: acks.filter(({ atMs }) => atMs <= endMs),
});

/** Entries of the journal in its order, each once. */
export function observe(state: FloodState, facts: readonly JournalFact[]): FloodStep {
  const recent = [...state.recent];
  let acks = [...state.recentAcks];
  let open = state.open === null ? null : { ...state.open, activations: [...state.open.activations] };
  const ended: Flood[] = [];
  let head = 0;
  for (const fact of facts) {
    const atMs = Math.max(fact.transition.serverMs, recent.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY);
    if (fact.transition.event === 'ACK') acks.push({ alarmId: fact.alarmId, atMs });
    if (!isAnnounced(fact)) continue;
    const endMs = open === null ? null : endBefore(recent, atMs);
    if (open !== null && endMs !== null) {
      ended.push(close({ ...open, acks: acks.filter((ack) => ack.atMs >= (open?.startMs ?? 0)) }, endMs));
      open = null;
      acks = acks.filter((ack) => ack.atMs > endMs);
    }
    const activation = activationOf(fact, atMs);
    recent.push(activation);
    while ((recent[head]?.atMs ?? atMs) <= atMs - WINDOW_MS) head++;
    const count = recent.length - head;
    if (open !== null) {
      open.activations.push(activation);
      open.peak = Math.max(open.peak, count);
    } else if (count > OPENS_ABOVE) {
      const activations = recent.slice(head);
      open = { startMs: activations[0]?.atMs ?? atMs, endMs: null, peak: count, activations, acks: [] };
    }
  }
  const kept = recent.slice(Math.max(0, Math.min(head, recent.length - CLOSES_BELOW)));
  const since = open?.startMs ?? (kept[0]?.atMs ?? 0) - WINDOW_MS;
  const recentAcks = acks.filter((ack) => ack.atMs >= since);
  return {
    state: { recent: kept, recentAcks, open: open === null ? null : { ...open, acks: recentAcks } },
    ended,
  };
}

/** Time passes without an entry. */
export function settle(state: FloodState, nowMs: number): FloodStep {
  const endMs = state.open === null ? null : endBefore(state.recent, nowMs);
  if (state.open === null || endMs === null) return { state, ended: [] };
  const recentAcks = state.recentAcks.filter((ack) => ack.atMs > endMs);
  return { state: { ...state, recentAcks, open: null }, ended: [close(state.open, endMs)] };
}

/** The server's wall clock was set by so much, in the middle of what is followed: a window stays as long as it is. */
export function moveFlood({ recent, recentAcks, open }: FloodState, stepMs: number): FloodState {
  const moved = <T extends { readonly atMs: number }>(all: readonly T[]): T[] =>
    all.map((one) => ({ ...one, atMs: one.atMs + stepMs }));
  return {
    recent: moved(recent),
    recentAcks: moved(recentAcks),
    open:
      open === null
        ? null
        : {
            ...open,
            startMs: open.startMs + stepMs,
            activations: moved(open.activations),
            acks: moved(open.acks),
          },
  };
}
