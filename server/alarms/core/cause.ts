// One condition of `suppressWhen` with its numbers: its name in the journal, and whether a value fulfils it.
import type { LimitValue, SuppressCondition } from '@louwei/device-profiles';

export interface Cause {
  /** In the journal and in `suppressedBy`, e.g. `when:fanRunning=0`. */
  readonly id: string;
  readonly point: string;
  readonly equals?: readonly number[];
  readonly above?: number;
  readonly below?: number;
}

/** Tells these causes from others in `suppressedBy`, such as a lost gateway. */
export const CAUSE_PREFIX = 'when:';

export function resolveCause(condition: SuppressCondition, resolve: (limit: LimitValue) => number): Cause {
  const { point } = condition;
  if ('equals' in condition) {
    const equals = [condition.equals].flat();
    return { id: `${CAUSE_PREFIX}${point}=${equals.join('|')}`, point, equals };
  }
  if ('above' in condition) {
    const above = resolve(condition.above);
    return { id: `${CAUSE_PREFIX}${point}>${above}`, point, above };
  }
  const below = resolve(condition.below);
  return { id: `${CAUSE_PREFIX}${point}<${below}`, point, below };
}

export const holds = ({ equals, above, below }: Cause, value: number): boolean =>
  (equals?.includes(value) ?? false) ||
  (above !== undefined && value > above) ||
  (below !== undefined && value < below);
