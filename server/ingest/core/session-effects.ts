// What comes out of a gateway's session: facts for the next batch, in the order of the gateway's messages.
import type { Metric, MetricType, SparkplugTopic } from '@louwei/gateway/sparkplug';

export interface Incoming {
  readonly topic: SparkplugTopic;
  readonly seq: number | undefined;
  readonly timestampMs: number;
  readonly metrics: readonly Metric[];
  readonly delivery: { readonly epoch: number; readonly seqs: readonly number[] } | undefined;
  readonly receivedAtMs: number;
}

/** A metric with its name resolved and its place in the stream; seq 0 is no sample. */
export interface NamedMetric {
  readonly name: string;
  readonly metric: Metric;
  readonly seq: number;
}

export interface PointDeclaration {
  readonly name: string;
  readonly type: MetricType;
}

interface Fact {
  /** Empty for the node itself. */
  readonly device: string;
  readonly receivedAtMs: number;
  /** When it was sent, on the clock of its sender. */
  readonly sentAtMs?: number;
}

/** `Node Info/Dropped Through` and `Node Info/Dropped Records`. */
export interface DroppedByGateway {
  /** Nothing at or below will be sent again: committed already, or given up. */
  readonly throughSeq: number;
  /** Records ever given up for want of room. */
  readonly records: number;
}

export interface NodeBirth extends Fact {
  readonly kind: 'node-birth';
  readonly provesDelivery: boolean;
  readonly epoch: number;
  readonly points: readonly PointDeclaration[];
  readonly metrics: readonly NamedMetric[];
  readonly dropped: DroppedByGateway | undefined;
}

export interface DeviceBirth extends Fact {
  readonly kind: 'device-birth';
  readonly epoch: number;
  readonly properties: Readonly<Record<string, string>>;
  /** Whether the device answers its gateway; undefined when the birth does not say. */
  readonly online: boolean | undefined;
  readonly points: readonly PointDeclaration[];
  readonly metrics: readonly NamedMetric[];
}

export interface Data extends Fact {
  readonly kind: 'data';
  readonly epoch: number;
  readonly metrics: readonly NamedMetric[];
  readonly dropped: DroppedByGateway | undefined;
}

export interface Death extends Fact {
  readonly kind: 'node-death' | 'device-death';
  readonly timeMs: number;
}

export type SessionFact = NodeBirth | DeviceBirth | Data | Death;

export type DropReason =
  | 'not-born'
  | 'unknown-alias'
  | 'unknown-device'
  | 'old-sequence'
  | 'stale-death'
  | 'no-delivery';

export type SessionEffect =
  | { readonly kind: 'fact'; readonly fact: SessionFact }
  | { readonly kind: 'rebirth'; readonly reason: string }
  | { readonly kind: 'dropped'; readonly reason: DropReason; readonly metrics: number };
