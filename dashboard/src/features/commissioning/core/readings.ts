// Are the values of a test read those of this kind of machine? Each against the plausible range of its class.
import type { commissioning } from '@louwei/server/contract';

type Reading = commissioning.TestRead['readings'][number];
type Point = commissioning.ModelPoints['points'][number];

export type Verdict =
  | 'plausible'
  /** Not what this class can show; in a wrong order of bytes most values are. */
  | 'implausible'
  /** Nothing to compare with. */
  | 'unjudged'
  /** No value at all. */
  | 'none';

/** Bad qualities that only a decoded value can have. */
const OUTSIDE = ['out-of-range', 'over-range', 'under-range', 'decode-error'];
/** A float whose bytes are in another order is very often a number nobody measures. */
const TINIEST = 1e-6;

export function verdictOf(reading: Reading, point: Point | undefined): Verdict {
  const { value, quality } = reading;
  if (OUTSIDE.includes(quality)) return 'implausible';
  if (value === null || quality !== 'good') return 'none';
  if (typeof value !== 'number') return 'unjudged';
  if (value !== 0 && (Math.abs(value) < TINIEST || !Number.isFinite(value))) return 'implausible';
  const range = point?.range ?? null;
  if (range === null) return 'unjudged';
  return value >= range[0] && value <= range[1] ? 'plausible' : 'implausible';
}

export interface OrderRead {
  readonly order: string;
  readonly read: commissioning.TestRead;
}

/** The order with the fewest implausible values among these points; null when another one is as good. */
export function bestOrder(
  reads: readonly OrderRead[],
  points: readonly Point[],
  judged: readonly string[],
): string | null {
  const scored = reads.map(({ order, read }) => ({ order, wrong: implausible(read, points, judged) }));
  const least = Math.min(...scored.map(({ wrong }) => wrong));
  const best = scored.filter(({ wrong }) => wrong === least);
  const [only] = best;
  return best.length === 1 && only !== undefined ? only.order : null;
}

export const implausible = (
  read: commissioning.TestRead,
  points: readonly Point[],
  judged: readonly string[],
): number =>
  read.readings.filter(
    (reading) =>
      judged.includes(reading.point) &&
      verdictOf(
        reading,
        points.find(({ point }) => point === reading.point),
      ) === 'implausible',
  ).length;
