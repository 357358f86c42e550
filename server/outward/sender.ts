// Carries the outbox of one destination out, one event after the other: a later one is never told before an earlier one.
// What fails is tried again until it is too old; then it is given up, counted and kept, and the next one has its turn.
import type { OutwardEvent } from '../contract/outward.ts';
import { nextTry, type RetryPolicy } from './core/retry.ts';
import type { Outbox } from './outbox.ts';

export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: string };

export interface Sender {
  start(): void;
  /** Something new was written, or the destination may answer again. */
  wake(): void;
  /** Settles when nothing is under way any more; what was not confirmed is sent again after the next start. */
  stop(): Promise<void>;
}

interface SenderOptions {
  readonly destination: string;
  readonly outbox: Outbox;
  readonly policy: RetryPolicy;
  readonly now: () => number;
  /** Must settle; a rejection counts as a failure. */
  readonly deliver: (event: OutwardEvent, signal: AbortSignal) => Promise<Outcome>;
  readonly onDelivered: (event: OutwardEvent) => Promise<void> | void;
  readonly onFailed: (event: OutwardEvent, error: string, givenUp: boolean) => Promise<void> | void;
  /** The database does not answer. */
  readonly onTrouble: (error: unknown) => void;
}

/** Also the longest that a missed wake-up can cost. */
const LOOK_EVERY_MS = 5_000;

export function createSender(options: SenderOptions): Sender {
  const { destination, outbox, policy, now } = options;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let awake = Promise.withResolvers<void>();

  async function attempt(event: OutwardEvent): Promise<Outcome> {
    try {
      return await options.deliver(event, stopping.signal);
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** @returns how long to rest, ms. */
  async function step(): Promise<number> {
    const next = await outbox.first(destination);
    if (next === undefined) return LOOK_EVERY_MS;
    if (next.nextAtMs !== null && next.nextAtMs > now()) return next.nextAtMs - now();
    const { event } = next;
    const outcome = await attempt(event);
    // Cut short by the stop: nobody knows whether it arrived, so it is sent again.
    if (stopping.signal.aborted && !outcome.ok) return 0;
    if (outcome.ok) {
      await outbox.delivered(destination, event.seq);
      await options.onDelivered(event);
      return 0;
    }
    const after = nextTry(policy, next.attempts + 1, now() - next.atMs, Math.random());
    await outbox.failed(
      destination,
      event.seq,
      outcome.error,
      after.giveUp ? 'given-up' : { atMs: now() + after.waitMs },
    );
    await options.onFailed(event, outcome.error, after.giveUp);
    return after.giveUp ? 0 : after.waitMs;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let restMs: number;
      try {
        restMs = await step();
      } catch (error) {
        options.onTrouble(error);
        restMs = LOOK_EVERY_MS;
      }
      if (restMs > 0 && !stopping.signal.aborted) await rest(restMs);
    }
  }

  async function rest(ms: number): Promise<void> {
    const timer = setTimeout(() => awake.resolve(), Math.min(ms, LOOK_EVERY_MS));
    await awake.promise;
    clearTimeout(timer);
    awake = Promise.withResolvers();
  }

  return {
    start() {
      running ??= run();
    },
    wake: () => awake.resolve(),
    async stop() {
      stopping.abort();
      awake.resolve();
      await running;
    },
  };
}
