// The device does not answer its gateway: its `comm` point is 0.
import type { ResolvedOf, RuleKind } from './kind.ts';

/** Every device has it beside the points of its class; the gateway's own record gets it from its births and deaths. */
export const COMM_POINT = 'comm';

export const commLossKind: RuleKind<ResolvedOf<'comm-loss'>> = {
  point: () => COMM_POINT,
  others: () => [],
  evaluate: (_rule, { value }) =>
    value === null
      ? { truth: null, why: () => 'connection unknown' }
      : { truth: value === 0, why: () => (value === 0 ? 'does not answer' : 'answers') },
  limit: () => null,
  silenceMs: () => null,
  describe: () => `${COMM_POINT} = 0`,
};
