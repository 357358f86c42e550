// What one device has shown about itself by refusing reads with exception 02 (illegal data address) or 03 (illegal data
// value): places no request may reach across, addresses it does not have, the longest read it answers.
import type { Obstacles } from './read-plan.ts';
import { endOf, isBitArea, overlaps, placeOf, type ReadLimits, type Span } from './span.ts';

export interface IllegalSpan {
  readonly span: Span;
  readonly refusals: number;
  /** Unix ms at which it is asked again. */
  readonly probeAtMs: number;
}

export interface Learned {
  /** See placeOf: place to the Unix ms at which it was learned. */
  readonly barriers: Readonly<Record<string, number>>;
  readonly illegal: readonly IllegalSpan[];
  /** Most registers answered in one read so far, and fewest refused although each of them can be read. */
  readonly answered: number;
  readonly refused: number | null;
}

export const NOTHING_LEARNED: Learned = { barriers: {}, illegal: [], answered: 0, refused: null };

const FIRST_PROBE_MS = 60_000;
const LONGEST_PROBE_MS = 24 * 3_600_000;
/** A barrier is tried again after this long: firmware changes, and a wrong guess must not last for ever. */
const BARRIER_MS = 30 * 24 * 3_600_000;

export const obstaclesOf = (learned: Learned): Obstacles => ({
  barriers: new Set(Object.keys(learned.barriers)),
  holes: learned.illegal.map(({ span }) => span),
});

/** Between what was answered and what was refused the limit is searched by halves. */
export function limitsOf(learned: Learned, limits: ReadLimits): ReadLimits {
  if (learned.refused === null) return limits;
  const middle = Math.floor((learned.answered + learned.refused) / 2);
  return { ...limits, maxRegisters: Math.max(1, Math.min(limits.maxRegisters, middle)) };
}

/** Illegal spans that may be asked again; also those a clock that jumped back would hide for ever. */
export const dueProbes = (learned: Learned, nowMs: number): Span[] =>
  learned.illegal
    .filter(({ probeAtMs }) => probeAtMs <= nowMs || probeAtMs - nowMs > LONGEST_PROBE_MS)
    .map(({ span }) => span);

export function withAnswer(learned: Learned, span: Span): Learned {
  const illegal = learned.illegal.filter((known) => !overlaps(known.span, span));
  const answered = isBitArea(span.area) ? learned.answered : Math.max(learned.answered, span.count);
  if (illegal.length === learned.illegal.length && answered === learned.answered) return learned;
  const refused = learned.refused !== null && answered >= learned.refused ? null : learned.refused;
  return { ...learned, illegal, answered, refused };
}

export function withIllegal(learned: Learned, span: Span, nowMs: number): Learned {
  const refusals = (learned.illegal.find((known) => overlaps(known.span, span))?.refusals ?? 0) + 1;
  const probeAtMs = nowMs + Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** Math.min(20, refusals - 1));
  const others = learned.illegal.filter((known) => !overlaps(known.span, span));
  return { ...learned, illegal: [...others, { span, refusals, probeAtMs }] };
}

/** Both halves were answered, the whole was not: too long when nothing unwanted lay in it, else a hole between them. */
export function withSplit(learned: Learned, { whole, parts: [left, right], code }: Split, nowMs: number): Learned {
  const gapless = endOf(left) === right.address;
  const isNewSize = whole.count > Math.max(learned.answered, left.count, right.count) && !isBitArea(whole.area);
  if (isNewSize && (gapless || code === 3)) {
    return { ...learned, refused: Math.min(learned.refused ?? whole.count, whole.count) };
  }
  return { ...learned, barriers: { ...learned.barriers, [placeOf(right)]: nowMs } };
}

export interface Split {
  readonly whole: Span;
  readonly parts: readonly [Span, Span];
  readonly code: number;
}

export function withoutOldBarriers(learned: Learned, nowMs: number): Learned {
  const kept = Object.entries(learned.barriers).filter(([, sinceMs]) => Math.abs(nowMs - sinceMs) < BARRIER_MS);
  if (kept.length === Object.keys(learned.barriers).length) return learned;
  return { ...learned, barriers: Object.fromEntries(kept), refused: null };
}

/**
 * Divides a refused block where the reason most likely lies: at its widest gap, else in its middle.
 * @param wanted all spans the device is asked for
 * @returns null when it cannot be divided without cutting a wanted span.
 */
export function splitRefused(refused: Span, wanted: readonly Span[]): readonly [Span, Span] | null {
  const inside = wanted
    .filter((span) => overlaps(span, refused))
    .toSorted((a, b) => a.address - b.address || b.count - a.count);
  const middle = refused.address + refused.count / 2;
  let choice: { gap: number; offset: number; leftEnd: number; rightStart: number } | null = null;
  let leftEnd = refused.address;
  for (const span of inside) {
    const gap = span.address - leftEnd;
    const offset = Math.abs(span.address - middle);
    const better = choice === null || gap > choice.gap || (gap === choice.gap && offset < choice.offset);
    if (leftEnd > refused.address && gap >= 0 && better) choice = { gap, offset, leftEnd, rightStart: span.address };
    leftEnd = Math.max(leftEnd, endOf(span));
  }
  if (choice === null) return null;
  const { area, address } = refused;
  return [
    { area, address, count: choice.leftEnd - address },
    { area, address: choice.rightStart, count: endOf(refused) - choice.rightStart },
  ];
}
