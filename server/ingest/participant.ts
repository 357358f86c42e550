// Whoever has something to do in the one transaction that commits readings: telemetry stores them, alarms decide on
// them. The batch is committed as a whole or not at all, and only then does the watermark move.
import type { Quality } from '@louwei/device-profiles';
import type { Trx } from '../migrations/tables.ts';

export interface IngestedSample {
  readonly gatewayId: string;
  readonly equipmentId: string;
  readonly pointId: number;
  /** Name of the point in its class, or `comm`. */
  readonly point: string;
  /** Numbers, and states as 0 and 1; null for texts and when no value is known. */
  readonly value: number | null;
  readonly text: string | null;
  readonly quality: Quality;
  /** When the gateway read it, Unix ms. */
  readonly timeMs: number;
  /** What the gateway called the time, when that cannot be true; `timeMs` is the server's then. */
  readonly statedTimeMs?: number;
  /** When its gateway sent it, on the gateway's clock; tells how far the two clocks are apart. */
  readonly sentAtMs?: number;
  readonly deviceTimeMs: number | null;
  /** When the server received it, Unix ms. */
  readonly receivedAtMs: number;
  /** Order of the samples of one gateway is (epoch, seq), never a clock. */
  readonly epoch: number;
  readonly seq: number;
}

export interface IngestBatch {
  readonly nowMs: number;
  /** In order of arrival; a resent sample may come twice and may be older than what its point already has. */
  readonly samples: readonly IngestedSample[];
  /** Gateways that came or went with this batch. */
  readonly gatewayChanges: readonly { readonly gatewayId: string; readonly online: boolean; readonly timeMs: number }[];
}

export interface BatchParticipant {
  /** For logs and metrics. */
  readonly name: string;
  /** Decides and writes inside the transaction; throws to roll everything back. Keeps its decisions aside. */
  apply(trx: Trx, batch: IngestBatch): Promise<void>;
  /** The transaction is durable: adopt what was decided, tell the live socket. Must not throw. */
  committed(batch: IngestBatch): void;
  /** The transaction is gone: forget what was decided. The same batch will come again. */
  rolledBack(batch: IngestBatch): void;
}
