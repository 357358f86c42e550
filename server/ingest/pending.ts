// What waits for its transaction, in order of arrival and bounded by the number of samples.
import type { SessionFact } from './core/session-effects.ts';

export interface Pending {
  readonly gatewayId: string;
  readonly group: string;
  readonly node: string;
  readonly provesDelivery: boolean;
  fact: SessionFact;
  readonly samples: number;
  /** The database refuses something in it: its readings are recorded as rejected instead. */
  poison?: string;
}

export interface PendingQueue {
  /** @returns false when it is full; births and deaths have twice the room, because data without them is worth nothing. */
  push(pending: Pending): boolean;
  /** The oldest entries with together at most `maxSamples` samples, at least one entry. They stay until removed. */
  peek(maxSamples: number): readonly Pending[];
  remove(count: number): void;
  /** The server's wall clock was set by so much: the times of arrival move with it. */
  clockSet(stepMs: number): void;
  readonly samples: number;
  readonly length: number;
}

export function createPendingQueue(maxSamples: number): PendingQueue {
  let entries: Pending[] = [];
  let samples = 0;
  /** An entry without samples takes room, too. */
  const weight = (pending: Pending): number => Math.max(1, pending.samples);
  return {
    push(pending) {
      const room = pending.fact.kind === 'data' ? maxSamples : 2 * maxSamples;
      if (samples + weight(pending) > room) return false;
      entries.push(pending);
      samples += weight(pending);
      return true;
    },
    peek(limit) {
      let sum = 0;
      const end = entries.findIndex((pending, index) => {
        sum += weight(pending);
        return index > 0 && sum > limit;
      });
      return end < 0 ? entries.slice() : entries.slice(0, end);
    },
    remove(count) {
      for (const pending of entries.slice(0, count)) samples -= weight(pending);
      entries = entries.slice(count);
    },
    clockSet(stepMs) {
      for (const pending of entries) pending.fact = arrivedLater(pending.fact, stepMs);
    },
    get samples() {
      return samples;
    },
    get length() {
      return entries.length;
    },
  };
}

/** A death is told by nobody but the server, so its own time is the server's too. */
const arrivedLater = (fact: SessionFact, stepMs: number): SessionFact => {
  const receivedAtMs = fact.receivedAtMs + stepMs;
  return 'timeMs' in fact ? { ...fact, receivedAtMs, timeMs: fact.timeMs + stepMs } : { ...fact, receivedAtMs };
};
