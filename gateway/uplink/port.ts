// What the uplink promises to the rest of the gateway, and what it needs.
import type { Logger } from 'pino';
import type { Outbox } from '../outbox/port.ts';
import type { Broker } from './connection.ts';
import type { LaneLimits } from './core/lanes.ts';
import type { Counters } from './counters.ts';
import type { UplinkDevice } from './session.ts';
import type { WireCommand } from './sparkplug/command.ts';

/**
 * What counts as delivered. `watermark`: only the commit watermark. `plain`: published while the host was online, for
 * hosts that are not Louwei's. `auto`: watermark as soon as the host's STATE announces it or one has ever been seen; plain
 * for a host that does neither for a minute.
 */
export type DeliveryMode = 'auto' | 'watermark' | 'plain';

export interface UplinkOptions {
  readonly group: string;
  readonly node: string;
  readonly hostId: string;
  readonly broker: Broker;
  readonly delivery?: DeliveryMode;
  readonly outbox: Outbox;
  readonly devices: readonly UplinkDevice[];
  readonly log: Logger;
  readonly now?: () => number;
  readonly random?: () => number;
  /** Births are out: the primary host sees the gateway. */
  readonly onOnline?: () => void;
  readonly limits?: Partial<LaneLimits & UplinkLimits>;
  /** Commands to a device (DCMD); without it the gateway does not listen for them. */
  readonly onCommand?: (device: string, command: WireCommand) => void;
  /** A request of the host (NCMD), as text. */
  readonly onRequest?: (text: string) => void;
  /** Text of the metric CONFIGURATION until it is said otherwise. */
  readonly configuration?: string;
}

export interface UplinkLimits {
  /** Without a watermark for so long after the first data, the host is taken for a foreign one. */
  readonly foreignAfterMs: number;
  /** Least time between two births. */
  readonly rebirthMinMs: number;
  /** No watermark progress for so long although data is in flight: a fresh connection; doubles up to ten times. */
  readonly replaceAfterMs: number;
}

export type UplinkState = 'stopped' | 'connecting' | 'waiting-for-host' | 'online';

export interface UplinkStats extends Counters {
  readonly state: UplinkState;
  readonly inFlight: number;
  /** Records not yet known to be in the server's database. */
  readonly backlog: number;
  readonly acknowledgedSeq: number;
  readonly deliveryProven: boolean;
}

export interface Uplink {
  start(): void;
  /** Says goodbye (NDEATH) and settles within about 1 s. */
  stop(): Promise<void>;
  deviceState(device: string, online: boolean): void;
  /** These devices from now on, by fresh births; nothing is known of whether those in `fresh` answer. */
  update(devices: readonly UplinkDevice[], fresh: ReadonlySet<string>): void;
  /** The answer to a request; lost when the host is not there, for nobody waits for it later. */
  answer(text: string): void;
  /** What CONFIGURATION says from now on. */
  configuration(text: string): void;
  stats(): UplinkStats;
}
