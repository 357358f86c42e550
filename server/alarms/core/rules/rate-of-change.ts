// A value rises or falls by more than the limit per minute, measured between the beginning of the window and now. A value
// that is not reported has not changed, so the window also slides on while nothing comes.
import type { Measured, ResolvedOf, RuleKind, Verdict } from './kind.ts';

interface Sample {
  readonly atMs: number;
  readonly value: number;
}
/** Oldest first: the first one was valid when the window began, or is the first one known. */
type Window = readonly Sample[];

/** Readings within one part of the window are one step: the memory has at most so many. */
const PARTS = 60;

export const rateOfChangeKind: RuleKind<ResolvedOf<'rate-of-change'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate(rule, measured) {
    const { value, nowMs } = measured;
    if (value === null || !Number.isFinite(value)) return { truth: null, why: () => 'no number', memory: [] };
    const windowMs = rule.windowS * 1000;
    const memory = slide(push((measured.memory ?? []) as Window, { atMs: nowMs, value }, windowMs), nowMs - windowMs);
    return { ...judge(rule, memory, value, measured), memory, ...next(memory, nowMs, windowMs) };
  },
  limit: (rule) => rule.rise ?? rule.fall ?? null,
  silenceMs: () => null,
  horizonMs: (rule) => rule.windowS * 1000,
  // What the value did while nobody watched is unknown: the window begins again.
  interrupt: () => [],
  describe: (rule) =>
    `${rule.point} ${rule.rise === undefined ? 'falls' : 'rises'} by more than ${rule.rise ?? rule.fall}/min over ${rule.windowS} s, back by ${rule.deadband}`,
};

function judge(
  rule: ResolvedOf<'rate-of-change'>,
  window: Window,
  value: number,
  { before, nowMs }: Measured,
): Verdict {
  const limit = (rule.rise ?? rule.fall ?? Number.POSITIVE_INFINITY) - (before ? rule.deadband : 0);
  const [first] = window;
  const sign = rule.rise === undefined ? -1 : 1;
  const perMinute = first === undefined ? 0 : (sign * (value - first.value) * 60) / rule.windowS;
  const truth = perMinute > limit;
  // A part of the window can prove a change, but never that there was none.
  const complete = first !== undefined && first.atMs <= nowMs - rule.windowS * 1000;
  if (!truth && !complete) return { truth: null, why: () => `not watched for ${rule.windowS} s yet` };
  return { truth, why: () => `${perMinute}/min ${truth ? '>' : '<='} ${limit}` };
}

function push(window: Window, sample: Sample, windowMs: number): Window {
  const last = window.at(-1);
  if (last?.value === sample.value) return window;
  const partMs = windowMs / PARTS;
  const sharesPart = last !== undefined && window.length > 1 && sample.atMs - last.atMs < partMs;
  return sharesPart ? [...window.slice(0, -1), { ...sample, atMs: last.atMs }] : [...window, sample];
}

/** Drops what was replaced before the window began. */
function slide(window: Window, fromMs: number): Window {
  // Mostly the first or the second one.
  const later = window.findIndex(({ atMs }) => atMs > fromMs);
  const first = (later < 0 ? window.length : later) - 1;
  return first <= 0 ? window : window.slice(first);
}

/** The next step leaves through the beginning of the window, or the window is complete. */
function next(window: Window, nowMs: number, windowMs: number): { againMs?: number } {
  const due = window.find(({ atMs }) => atMs + windowMs > nowMs);
  return due === undefined ? {} : { againMs: due.atMs + windowMs };
}
