// One turn of one device: its requests one after the other. A block refused for its addresses is divided at once, so that
// its readable points have their values in the same turn.
import type { ReadOutcome, TimedOutcome } from './core/device-plan.ts';
import { type Split, splitRefused } from './core/learned.ts';
import type { Span } from './core/span.ts';

export interface TurnRequests {
  readonly requests: readonly Span[];
  /** Illegal spans whose time to be asked again has come. */
  readonly probes: readonly Span[];
  readonly wanted: readonly Span[];
  /** Further requests that dividing refused blocks may cost. */
  readonly maxExtra: number;
}

export interface TurnResult {
  /** By what was really read. Blocks that were not reached, or are about to be divided on, are missing. */
  readonly outcomes: ReadonlyMap<Span, TimedOutcome>;
  readonly splits: readonly Split[];
  readonly illegal: readonly Span[];
  /** The request nothing usable came back for; it ended the turn. */
  readonly silentAt: Span | null;
  /** Something was answered, and a refused block waits to be divided on: what is read rarely must not wait for its next slot. */
  readonly isUnfinished: boolean;
}

/** @param read one request; null when the gateway stops. */
export async function readTurn(
  { requests, probes, wanted, maxExtra }: TurnRequests,
  read: (span: Span) => Promise<TimedOutcome | null>,
): Promise<TurnResult> {
  const outcomes = new Map<Span, TimedOutcome>();
  const splits: Split[] = [];
  const illegal: Span[] = [];
  let silentAt: Span | null = null;
  let extra = maxExtra;
  const undivided = new Map<Span, TimedOutcome>();
  let ended = false;

  /** @returns whether the block was answered as a whole. */
  async function resolve(span: Span): Promise<boolean> {
    if (ended) return false;
    const timed = await read(span);
    if (timed === null) {
      ended = true;
      return false;
    }
    const { outcome } = timed;
    const code = refusalOf(outcome);
    const parts = code === null ? null : splitRefused(span, wanted);
    if (code === null || parts === null || maxExtra === 0) {
      outcomes.set(span, timed);
      if (isSilence(outcome)) {
        silentAt = span;
        ended = true;
      } else if (code !== null && parts === null) illegal.push(span);
      return outcome.kind === 'answer';
    }
    if (extra < 2) {
      // The next turns go on from here.
      splits.push({ whole: span, parts, code });
      undivided.set(span, timed);
      return false;
    }
    extra -= 2;
    const left = await resolve(parts[0]);
    const right = await resolve(parts[1]);
    if (left && right) splits.push({ whole: span, parts, code });
    return false;
  }

  for (const request of requests) await resolve(request);
  for (const probe of probes) await resolve(probe);
  const isAnswered = [...outcomes.values()].some(({ outcome }) => outcome.kind === 'answer');
  // A device that answers nothing is not divided on (it may only be starting): then the refusal is what its points have.
  if (!isAnswered) for (const [span, timed] of undivided) outcomes.set(span, timed);
  return { outcomes, splits, illegal, silentAt, isUnfinished: undivided.size > 0 && isAnswered && silentAt === null };
}

/** Nothing usable came back; the connection is gone or suspect. */
export const isSilence = (outcome: ReadOutcome): boolean => outcome.kind !== 'answer' && outcome.kind !== 'exception';

/** Exceptions 0A and 0B come from a gateway in front of the device: they say that the device itself did not answer. */
export const isFromDevice = (outcome: ReadOutcome): boolean =>
  outcome.kind === 'answer' || (outcome.kind === 'exception' && outcome.code !== 0x0a && outcome.code !== 0x0b);

const refusalOf = (outcome: ReadOutcome): number | null =>
  outcome.kind === 'exception' && (outcome.code === 2 || outcome.code === 3) ? outcome.code : null;
