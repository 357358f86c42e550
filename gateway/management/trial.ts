// Whether the gateway has reached its host with a new configuration.
import type { UplinkStats } from '../uplink/port.ts';

export interface TrialLimits {
  readonly withinMs: number;
  /** Not sooner: what is acknowledged at once was on its way before. */
  readonly settleMs: number;
}

export const TRIAL: TrialLimits = { withinMs: 60_000, settleMs: 3_000 };
const LOOK_MS = 250;

export interface Trial {
  /** Without a verdict; what is on trial stays so. */
  stop(): void;
}

type Reach = Pick<UplinkStats, 'state' | 'deliveryProven' | 'acknowledgedSeq' | 'backlog'>;

/**
 * The primary host is online, and it has acknowledged something since, or nothing waits to be. Of a host without
 * watermarks its STATE is all there is to know.
 */
export const isReached = (before: Pick<Reach, 'acknowledgedSeq'>, now: Reach): boolean =>
  now.state === 'online' && (!now.deliveryProven || now.acknowledgedSeq > before.acknowledgedSeq || now.backlog === 0);

/** @param conclude called once. */
export function startTrial(look: () => Reach, limits: TrialLimits, conclude: (reached: boolean) => void): Trial {
  const before = look();
  const startedMs = performance.now();
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedMs;
    const reached = elapsedMs >= limits.settleMs && isReached(before, look());
    if (!reached && elapsedMs < limits.withinMs) return;
    clearInterval(timer);
    conclude(reached);
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
