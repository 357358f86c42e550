// A state has had one of the values for the time. Only time with good readings counts: a gap stops the count, and it goes
// on when the state is found unchanged.
import type { ResolvedOf, RuleKind } from './kind.ts';

interface Stay {
  readonly inState: boolean;
  readonly countedMs: number;
  /** Counting since; null while nobody can tell. */
  readonly sinceMs: number | null;
  /** The beginning was seen; otherwise it may have lasted longer. */
  readonly fromStart: boolean;
}

export const durationKind: RuleKind<ResolvedOf<'duration'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate(rule, { value, nowMs, memory }) {
    const before = memory as Stay | undefined;
    if (value === null) return { truth: null, why: () => 'no value', memory: stopped(before, nowMs) };
    const inState = [rule.equals].flat().includes(value);
    if (!inState) {
      const left: Stay = { inState, countedMs: 0, sinceMs: null, fromStart: true };
      return { truth: false, why: () => `${value}`, memory: left };
    }
    const stay: Stay =
      before?.inState === true
        ? goingOn(before, nowMs)
        : { inState, countedMs: 0, sinceMs: nowMs, fromStart: before !== undefined };
    const dueMs = (stay.sinceMs ?? nowMs) + rule.forS * 1000 - stay.countedMs;
    if (nowMs >= dueMs) return { truth: true, why: () => `${value} for ${rule.forS} s`, memory: stay };
    const why = () => `${value}, not for ${rule.forS} s yet`;
    return { truth: stay.fromStart ? false : null, why, memory: stay, againMs: dueMs };
  },
  limit: () => null,
  silenceMs: () => null,
  horizonMs: (rule) => rule.forS * 1000,
  interrupt: (_rule, memory, nowMs) => stopped(memory as Stay | undefined, nowMs),
  describe: (rule) => `${rule.point} = ${[rule.equals].flat().join(' or ')} for ${rule.forS} s`,
};

const goingOn = (stay: Stay, nowMs: number): Stay => (stay.sinceMs === null ? { ...stay, sinceMs: nowMs } : stay);

function stopped(stay: Stay | undefined, nowMs: number): Stay | undefined {
  if (stay === undefined || stay.sinceMs === null) return stay;
  return { ...stay, countedMs: stay.countedMs + Math.max(nowMs - stay.sinceMs, 0), sinceMs: null };
}
