// The three clocks of a work order as they read at a given server time, between two messages of the server.
import type { workOrders } from '@louwei/server/contract';

export type ClockReading =
  | { readonly kind: 'left'; readonly ms: number }
  | { readonly kind: 'over'; readonly ms: number }
  | { readonly kind: 'paused'; readonly ms: number }
  | { readonly kind: 'met'; readonly ms: number }
  | { readonly kind: 'missed'; readonly ms: number };

export const readClock = (clock: workOrders.Clock, serverNowMs: number): ClockReading => {
  const elapsedMs = clock.elapsedS * 1000;
  if (clock.stoppedAt !== null) return { kind: clock.state === 'breached' ? 'missed' : 'met', ms: elapsedMs };
  if (clock.state === 'paused') return { kind: 'paused', ms: elapsedMs };
  const leftMs = Date.parse(clock.dueAt) - serverNowMs;
  return leftMs < 0 || clock.state === 'breached'
    ? { kind: 'over', ms: Math.max(0, -leftMs) }
    : { kind: 'left', ms: leftMs };
};

export const isBreached = (reading: ClockReading): boolean => reading.kind === 'over' || reading.kind === 'missed';

type Name = keyof workOrders.WorkOrder['clocks'];
export const CLOCK_NAMES: readonly Name[] = ['response', 'arrival', 'resolution'];

/** The clock people work against now: the first that has not stopped. */
export const presentClock = (clocks: workOrders.WorkOrder['clocks']): Name | null =>
  CLOCK_NAMES.find((name) => clocks[name].stoppedAt === null) ?? null;
