// The Sparkplug session of one edge node as a host application keeps it (specification 5.3-5.13): birth state, alias
// table, sequence check with reorder timeout, Rebirth requests at a bounded rate, deaths matched by bdSeq.
// Functions change the session in place; time comes with the message.
import { BDSEQ } from '@louwei/gateway/sparkplug';
import { type AliasTable, createAliasTable } from './aliases.ts';
import { dataFact, deathReading, deviceBirthFact, nodeBirthFact } from './facts.ts';
import type { Incoming, SessionEffect } from './session-effects.ts';

export interface SessionLimits {
  /** How long a missing message may still come out of order before a Rebirth is asked for. */
  readonly reorderTimeoutMs: number;
  /** Messages held back meanwhile. */
  readonly maxHeld: number;
  /** Least time between two Rebirth requests; doubles while they go unanswered. */
  readonly rebirthIntervalMs: number;
  readonly maxRebirthIntervalMs: number;
}

export const DEFAULT_LIMITS: SessionLimits = {
  reorderTimeoutMs: 1_000,
  maxHeld: 64,
  rebirthIntervalMs: 5_000,
  maxRebirthIntervalMs: 60_000,
};

export interface Session {
  born: boolean;
  bdSeq: number | undefined;
  nextSeq: number;
  provesDelivery: boolean;
  /** Stream of an edge node that has none of its own: epoch and last number given by the server. */
  ownEpoch: number;
  ownSeq: number;
  aliases: AliasTable;
  held: Map<number, Incoming>;
  gapSinceMs: number | undefined;
  rebirthAskedAtMs: number | undefined;
  rebirthWaitMs: number;
}

const SEQUENCES = 256;

/** @param lastEpoch epoch the gateway's watermark has; epochs given by the server lie above it. */
export const createSession = (lastEpoch: number): Session => ({
  born: false,
  bdSeq: undefined,
  nextSeq: 0,
  provesDelivery: false,
  ownEpoch: lastEpoch,
  ownSeq: 0,
  aliases: createAliasTable(),
  held: new Map(),
  gapSinceMs: undefined,
  rebirthAskedAtMs: undefined,
  rebirthWaitMs: 0,
});

/** When {@link onTimeout} has to be called; undefined while nothing is missing. */
export const wakeAtMs = (session: Session, limits: SessionLimits): number | undefined =>
  session.gapSinceMs === undefined ? undefined : session.gapSinceMs + limits.reorderTimeoutMs;

/** The connection to the broker was lost: messages may be missing, so nothing known still holds. */
export function forget(session: Session): void {
  session.born = false;
  session.held.clear();
  session.gapSinceMs = undefined;
}

/** The server's wall clock was set by so much: what is waited for comes no sooner and no later. */
export function clockSet(session: Session, stepMs: number): void {
  if (session.gapSinceMs !== undefined) session.gapSinceMs += stepMs;
  if (session.rebirthAskedAtMs !== undefined) session.rebirthAskedAtMs += stepMs;
  for (const [seq, held] of session.held) session.held.set(seq, { ...held, receivedAtMs: held.receivedAtMs + stepMs });
}

export function onMessage(session: Session, incoming: Incoming, limits: SessionLimits): SessionEffect[] {
  const { type } = incoming.topic;
  if (type === 'NBIRTH') return onNodeBirth(session, incoming, limits);
  if (type === 'NDEATH') return onNodeDeath(session, incoming);
  if (type === 'NCMD' || type === 'DCMD') return [];
  if (!session.born)
    return [
      { kind: 'dropped', reason: 'not-born', metrics: incoming.metrics.length },
      ...askRebirth(session, incoming.receivedAtMs, limits, 'data before its birth'),
    ];
  if (incoming.seq === undefined || incoming.seq === session.nextSeq) {
    const effects = inOrder(session, incoming, limits);
    for (;;) {
      const next = session.held.get(session.nextSeq);
      if (next === undefined || !session.born) break;
      session.held.delete(session.nextSeq);
      effects.push(...inOrder(session, next, limits));
    }
    if (session.held.size === 0) session.gapSinceMs = undefined;
    return effects;
  }
  const ahead = (incoming.seq - session.nextSeq + SEQUENCES) % SEQUENCES;
  if (ahead >= SEQUENCES / 2 || session.held.has(incoming.seq))
    return [{ kind: 'dropped', reason: 'old-sequence', metrics: incoming.metrics.length }];
  session.held.set(incoming.seq, incoming);
  session.gapSinceMs ??= incoming.receivedAtMs;
  return session.held.size > limits.maxHeld ? giveUp(session, incoming.receivedAtMs, limits) : [];
}

export function onTimeout(session: Session, nowMs: number, limits: SessionLimits): SessionEffect[] {
  const at = wakeAtMs(session, limits);
  return at === undefined || nowMs < at ? [] : giveUp(session, nowMs, limits);
}

/** @returns one request, or nothing when the last one is too recent. */
export function askRebirth(session: Session, nowMs: number, limits: SessionLimits, reason: string): SessionEffect[] {
  if (session.rebirthAskedAtMs !== undefined && nowMs - session.rebirthAskedAtMs < session.rebirthWaitMs) return [];
  session.rebirthAskedAtMs = nowMs;
  session.rebirthWaitMs = Math.min(
    Math.max(session.rebirthWaitMs * 2, limits.rebirthIntervalMs),
    limits.maxRebirthIntervalMs,
  );
  return [{ kind: 'rebirth', reason }];
}

/**
 * A missing message may have been a birth with other aliases: what came after it is not believed, because a wrong
 * value is worse than a late one. Louwei's gateways send it again, others send their present values with the rebirth.
 */
function giveUp(session: Session, nowMs: number, limits: SessionLimits): SessionEffect[] {
  const dropped = [...session.held.values()].reduce((sum, incoming) => sum + incoming.metrics.length, 0);
  forget(session);
  return [
    { kind: 'dropped', reason: 'not-born', metrics: dropped },
    ...askRebirth(session, nowMs, limits, 'a message is missing'),
  ];
}

function onNodeBirth(session: Session, incoming: Incoming, limits: SessionLimits): SessionEffect[] {
  forget(session);
  session.born = true;
  session.bdSeq = bdSeqOf(incoming);
  session.nextSeq = ((incoming.seq ?? 0) + 1) % SEQUENCES;
  session.rebirthWaitMs = limits.rebirthIntervalMs;
  session.provesDelivery = incoming.delivery !== undefined;
  session.aliases = createAliasTable();
  if (!session.provesDelivery) {
    session.ownEpoch = Math.max(incoming.receivedAtMs, session.ownEpoch + 1);
    session.ownSeq = 0;
  }
  return [{ kind: 'fact', fact: nodeBirthFact(session, incoming) }];
}

function onNodeDeath(session: Session, incoming: Incoming): SessionEffect[] {
  const bdSeq = bdSeqOf(incoming);
  // The will of an earlier connection may arrive after the new birth (F24).
  if (session.born && session.bdSeq !== undefined && bdSeq !== session.bdSeq)
    return [{ kind: 'dropped', reason: 'stale-death', metrics: 0 }];
  forget(session);
  const { receivedAtMs } = incoming;
  return [{ kind: 'fact', fact: { kind: 'node-death', device: '', receivedAtMs, timeMs: receivedAtMs } }];
}

function inOrder(session: Session, incoming: Incoming, limits: SessionLimits): SessionEffect[] {
  if (incoming.seq !== undefined) session.nextSeq = (incoming.seq + 1) % SEQUENCES;
  const device = incoming.topic.device ?? '';
  const { receivedAtMs } = incoming;
  if (incoming.topic.type === 'DBIRTH') return [{ kind: 'fact', fact: deviceBirthFact(session, incoming, device) }];
  if (incoming.topic.type === 'DDEATH') {
    const reading = deathReading(session, incoming, device);
    session.aliases.devices.delete(device);
    const death: SessionEffect = {
      kind: 'fact',
      fact: { kind: 'device-death', device, receivedAtMs, timeMs: receivedAtMs },
    };
    return reading === undefined ? [death] : [death, { kind: 'fact', fact: reading }];
  }
  const result = dataFact(session, incoming, device);
  if (typeof result === 'object') return [{ kind: 'fact', fact: result }];
  return [
    { kind: 'dropped', reason: result, metrics: incoming.metrics.length },
    ...askRebirth(session, receivedAtMs, limits, result),
  ];
}

function bdSeqOf(incoming: Incoming): number | undefined {
  const value = incoming.metrics.find((metric) => metric.name === BDSEQ)?.value;
  return typeof value === 'number' ? value : undefined;
}
