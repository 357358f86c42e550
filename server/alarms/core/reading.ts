// A reading as the rules see it: can it be used, and when did it happen.
import type { Quality } from '@louwei/device-profiles';
import type { AlarmValue } from './facts.ts';

export interface Reading {
  readonly value: number | null;
  readonly shown: AlarmValue;
  /** False: the condition keeps what it had and running delays start again from 0 with the next usable reading. */
  readonly usable: boolean;
  readonly why: string;
  readonly sourceMs: number;
  /** When the server learned it; delays count on this clock. */
  readonly atMs: number;
  /** When it happened on the clock of its gateway, when that one is another; rules that look at time go by it. */
  readonly own?: OwnTime;
}

export interface OwnTime {
  readonly atMs: number;
  /** The server's clock less the gateway's, ms. */
  readonly leadMs: number;
}

/** Further ahead of the server than this, a source's clock is not believed. */
const CLOCK_TOLERANCE_MS = 5000;

/** Further apart the two clocks are two; less is the way of a message and what NTP has not caught up with. */
const APART_MS = 60_000;

/** `clock-suspect` doubts only the time and `substituted` was set on purpose; every other flaw makes the value unusable. */
export const USABLE: ReadonlySet<Quality> = new Set<Quality>(['good', 'substituted', 'clock-suspect']);

/**
 * A time in the past is believed, because readings are stored and forwarded; a time ahead of the server's, or one the
 * gateway itself doubts, is replaced by the server's.
 */
export function toReading(
  sample: {
    readonly value: number | null;
    readonly text: string | null;
    readonly quality: Quality;
    readonly timeMs: number;
    readonly sentAtMs?: number;
  },
  atMs: number,
): Reading {
  const { value, text, quality, timeMs, sentAtMs } = sample;
  const own = quality === 'clock-suspect' ? undefined : ownTime(timeMs, sentAtMs, atMs);
  const believed = quality !== 'clock-suspect' && timeMs <= atMs + CLOCK_TOLERANCE_MS;
  return {
    value,
    shown: value ?? text,
    usable: USABLE.has(quality),
    why: quality,
    sourceMs: believed ? timeMs : atMs,
    atMs,
    ...(own === undefined ? {} : { own }),
  };
}

/** A sender whose reading is later than its message does not tell the time. */
function ownTime(timeMs: number, sentAtMs: number | undefined, atMs: number): OwnTime | undefined {
  if (sentAtMs === undefined || timeMs > sentAtMs + CLOCK_TOLERANCE_MS) return undefined;
  const leadMs = atMs - sentAtMs;
  return Math.abs(leadMs) > APART_MS ? { atMs: timeMs, leadMs } : undefined;
}
