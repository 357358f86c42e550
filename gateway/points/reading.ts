// The reading as it travels through the gateway: driver -> points -> outbox -> uplink.
import type { Quality } from '@louwei/device-profiles';

export type PointValue = number | boolean | string | null;

/** What a driver saw. The value is in the point's unit, or null when there is none (quality says why). */
export interface Reading {
  /** Point of the device's class, or `comm`. */
  readonly point: string;
  readonly value: PointValue;
  readonly quality: Quality;
  /** When the gateway got it, Unix ms. A failed read carries the time of the failure, never a fresh time on an old value. */
  readonly gatewayTimeMs: number;
  /** The device's own time, Unix ms, when the protocol brings one. */
  readonly deviceTimeMs?: number;
}

/** A reading worth keeping (report by exception), addressed to its device. */
export interface Sample extends Reading {
  readonly device: string;
}
