// One edge node as a host application sees it (Sparkplug B 3.0, 5): births, sequence, deaths by bdSeq, requests for a
// rebirth. Functions change the session in place; times are monotonic ms and come with the message.
import { BDSEQ } from '../../../uplink/sparkplug/names.ts';
import type { Metric } from '../../../uplink/sparkplug/payload.ts';
import type { SparkplugType } from '../../../uplink/sparkplug/topics.ts';
import { type Declared, declaredIn, identified, type NamedMetric } from './declared.ts';
import { answered, askAgain, NEVER_ASKED, type RebirthPace } from './rebirth-pace.ts';

/** How long a message may still come out of order before it counts as lost, ms. */
export const REORDER_MS = 1_000;
/** How long a birth is awaited after the connection before one is asked for, ms: STATE may have brought it about. */
export const FIRST_BIRTH_MS = 1_000;
const MAX_HELD = 64;
const MAX_UNKNOWN = 1_000;
const SEQUENCES = 256;

export interface Arrived {
  readonly type: SparkplugType;
  /** Empty for the edge node itself. */
  readonly device: string;
  readonly seq: number | undefined;
  readonly metrics: readonly Metric[];
}

export type DropReason = 'not-born' | 'unknown-metric' | 'stale-death';

export type SessionEffect =
  | { readonly kind: 'birth' | 'data'; readonly device: string; readonly metrics: readonly NamedMetric[] }
  /** Of the edge node when `device` is empty, and with it of all its devices. */
  | { readonly kind: 'death'; readonly device: string }
  /** A message is missing: what was said last may no longer hold, until the next birth. */
  | { readonly kind: 'unsure' }
  | { readonly kind: 'rebirth'; readonly reason: string }
  | { readonly kind: 'dropped'; readonly why: DropReason; readonly metrics: number };

export interface Session {
  /** Devices whose metrics somebody wants; of the others only the sequence counts. */
  readonly wanted: ReadonlySet<string>;
  born: boolean;
  bdSeq: number | undefined;
  nextSeq: number;
  readonly declared: Map<string, Declared>;
  readonly held: Map<number, Arrived>;
  gapSinceMs: number | undefined;
  /** Since when a birth is awaited without anything being heard. */
  awaitedSinceMs: number | undefined;
  pace: RebirthPace;
  /** Unknown metrics for which a rebirth was asked: another one would not make them known. */
  readonly askedFor: Set<string>;
}

export const createSession = (wanted: ReadonlySet<string>): Session => ({
  wanted,
  born: false,
  bdSeq: undefined,
  nextSeq: 0,
  declared: new Map(),
  held: new Map(),
  gapSinceMs: undefined,
  awaitedSinceMs: undefined,
  pace: NEVER_ASKED,
  askedFor: new Set(),
});

/** The broker is reached: what was before may have changed unheard. */
export function onReached(session: Session, nowMs: number): void {
  forget(session);
  session.awaitedSinceMs = nowMs;
  session.pace = answered(session.pace);
}

/** The connection is lost: nobody can be asked, and nothing known still holds. */
export function forget(session: Session): void {
  session.born = false;
  session.declared.clear();
  session.held.clear();
  session.gapSinceMs = undefined;
  session.awaitedSinceMs = undefined;
}

export function onMessage(session: Session, arrived: Arrived, nowMs: number): SessionEffect[] {
  switch (arrived.type) {
    case 'NBIRTH':
      return onNodeBirth(session, arrived);
    case 'NDEATH':
      return onNodeDeath(session, arrived, nowMs);
    case 'NCMD':
    case 'DCMD':
      return [];
  }
  if (!session.born)
    return [...dropped(session, arrived), ...askRebirth(session, nowMs, 'data before the birth of the edge node')];
  const { seq = session.nextSeq } = arrived;
  const ahead = (seq - session.nextSeq + SEQUENCES) % SEQUENCES;
  if (ahead === 0) return inOrder(session, arrived, nowMs);
  // A number that was used already means another count, or a message that came twice; only a birth can tell.
  if (ahead >= SEQUENCES / 2) return giveUp(session, nowMs, `sequence number ${seq} after ${before(session.nextSeq)}`);
  session.held.set(seq, arrived);
  session.gapSinceMs ??= nowMs;
  return session.held.size > MAX_HELD ? giveUp(session, nowMs, missing(session)) : [];
}

/** To be called about once a second. */
export function onTick(session: Session, nowMs: number): SessionEffect[] {
  if (session.born) {
    const isLost = session.gapSinceMs !== undefined && nowMs - session.gapSinceMs >= REORDER_MS;
    return isLost ? giveUp(session, nowMs, missing(session)) : [];
  }
  const { awaitedSinceMs } = session;
  if (awaitedSinceMs === undefined || nowMs - awaitedSinceMs < FIRST_BIRTH_MS) return [];
  return askRebirth(session, nowMs, 'no birth certificate yet');
}

function onNodeBirth(session: Session, arrived: Arrived): SessionEffect[] {
  const bdSeq = bdSeqOf(arrived);
  if (bdSeq !== session.bdSeq) session.askedFor.clear();
  forget(session);
  session.born = true;
  session.bdSeq = bdSeq;
  session.nextSeq = ((arrived.seq ?? 0) + 1) % SEQUENCES;
  session.pace = answered(session.pace);
  return [onBirth(session, arrived)];
}

function onBirth(session: Session, { device, metrics }: Arrived): SessionEffect {
  if (!session.wanted.has(device)) return { kind: 'birth', device, metrics: [] };
  const declared = declaredIn(metrics);
  session.declared.set(device, declared);
  return { kind: 'birth', device, metrics: metrics.flatMap((metric) => identified(declared, metric) ?? []) };
}

function onNodeDeath(session: Session, arrived: Arrived, nowMs: number): SessionEffect[] {
  const stale: SessionEffect = { kind: 'dropped', why: 'stale-death', metrics: arrived.metrics.length };
  // Some nodes say good-bye and connect anew when they are asked for their birth: it is the birth that is awaited.
  if (!session.born) return [stale];
  const bdSeq = bdSeqOf(arrived);
  if (bdSeq !== undefined && session.bdSeq !== undefined && bdSeq !== session.bdSeq) {
    const ahead = (((bdSeq - session.bdSeq) % SEQUENCES) + SEQUENCES) % SEQUENCES;
    // The will of an earlier connection may come after the new birth.
    if (ahead >= SEQUENCES / 2) return [stale];
    // Of a connection whose birth was never heard; and some nodes count on before they say good-bye. The node has to tell.
    return giveUp(session, nowMs, `death of bdSeq ${bdSeq} after the birth of ${session.bdSeq}`);
  }
  forget(session);
  return [{ kind: 'death', device: '' }];
}

function inOrder(session: Session, arrived: Arrived, nowMs: number): SessionEffect[] {
  const effects: SessionEffect[] = [];
  for (let next: Arrived | undefined = arrived; next !== undefined; next = session.held.get(session.nextSeq)) {
    session.held.delete(session.nextSeq);
    if (next.seq !== undefined) session.nextSeq = (next.seq + 1) % SEQUENCES;
    effects.push(...inPlace(session, next, nowMs));
  }
  // Several messages may be missing: what is still held waits for its own second.
  session.gapSinceMs = session.held.size === 0 ? undefined : nowMs;
  return effects;
}

function inPlace(session: Session, arrived: Arrived, nowMs: number): SessionEffect[] {
  const { type, device } = arrived;
  if (type === 'DBIRTH') return [onBirth(session, arrived)];
  if (type === 'DDEATH') {
    session.declared.delete(device);
    return [{ kind: 'death', device }];
  }
  return session.wanted.has(device) ? onData(session, arrived, nowMs) : [];
}

function onData(session: Session, arrived: Arrived, nowMs: number): SessionEffect[] {
  const { device, metrics } = arrived;
  const declared = session.declared.get(device);
  if (declared === undefined)
    return [...dropped(session, arrived), ...askRebirth(session, nowMs, `data before the birth of ${device}`)];
  const known = metrics.flatMap((metric) => identified(declared, metric) ?? []);
  const effects: SessionEffect[] = known.length === 0 ? [] : [{ kind: 'data', device, metrics: known }];
  if (known.length === metrics.length) return effects;
  effects.push({ kind: 'dropped', why: 'unknown-metric', metrics: metrics.length - known.length });
  const [unknown] = metrics.filter((metric) => identified(declared, metric) === undefined);
  const key = `${device}/${unknown?.name ?? unknown?.alias}`;
  if (session.askedFor.has(key) || session.askedFor.size >= MAX_UNKNOWN) return effects;
  const asked = askRebirth(session, nowMs, `a metric no birth has declared: ${key}`);
  if (asked.length > 0) session.askedFor.add(key);
  return [...effects, ...asked];
}

/**
 * A missing message may have been a birth with other aliases: what comes after it is not believed, because a wrong value is
 * worse than a late one. The rebirth brings the present values.
 */
function giveUp(session: Session, nowMs: number, reason: string): SessionEffect[] {
  const metrics = [...session.held.values()].reduce((sum, arrived) => sum + arrived.metrics.length, 0);
  forget(session);
  session.awaitedSinceMs = nowMs;
  return [{ kind: 'unsure' }, { kind: 'dropped', why: 'not-born', metrics }, ...askRebirth(session, nowMs, reason)];
}

function askRebirth(session: Session, nowMs: number, reason: string): SessionEffect[] {
  const pace = askAgain(session.pace, nowMs);
  if (pace === null) return [];
  session.pace = pace;
  return [{ kind: 'rebirth', reason }];
}

/** Only what somebody wanted is missed. */
const dropped = ({ wanted }: Session, { device, metrics }: Arrived): SessionEffect[] =>
  wanted.has(device) ? [{ kind: 'dropped', why: 'not-born', metrics: metrics.length }] : [];

const before = (seq: number): number => (seq + SEQUENCES - 1) % SEQUENCES;
const missing = ({ nextSeq }: Session): string => `the message with sequence number ${nextSeq} is missing`;

function bdSeqOf({ metrics }: Arrived): number | undefined {
  const value = metrics.find(({ name }) => name === BDSEQ)?.value;
  return typeof value === 'number' ? value : undefined;
}
