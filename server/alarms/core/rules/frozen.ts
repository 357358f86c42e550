// A value has not moved by more than the band for the time. Readings come by exception, so silence means unchanged;
// that the device answers at all is the business of comm-loss and stale.
import type { ResolvedOf, RuleKind } from './kind.ts';

interface Anchor {
  readonly value: number;
  readonly sinceMs: number;
  /** A move was seen at `sinceMs`; otherwise the value may have stood there for longer. */
  readonly moved: boolean;
}

export const frozenKind: RuleKind<ResolvedOf<'frozen'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate(rule, { value, nowMs, memory }) {
    if (value === null || !Number.isFinite(value)) return { truth: null, why: () => 'no number' };
    const before = memory as Anchor | undefined;
    const stays = before !== undefined && Math.abs(value - before.value) <= rule.band;
    const anchor: Anchor = stays ? before : { value, sinceMs: nowMs, moved: before !== undefined };
    const dueMs = anchor.sinceMs + rule.forS * 1000;
    if (nowMs >= dueMs) return { truth: true, why: () => `within ${rule.band} of ${anchor.value}`, memory: anchor };
    const why = () => (anchor.moved ? 'has moved' : `not watched for ${rule.forS} s yet`);
    return { truth: anchor.moved ? false : null, why, memory: anchor, againMs: dueMs };
  },
  limit: () => null,
  silenceMs: () => null,
  horizonMs: (rule) => rule.forS * 1000,
  interrupt: () => undefined,
  describe: (rule) => `${rule.point} within ${rule.band} for ${rule.forS} s`,
};
