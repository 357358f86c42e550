// The Sparkplug host application: MQTT in, committed readings and watermarks out. It owns no decision (core/) and no
// table of its own readings (telemetry/); it keeps the order and the promise that nothing is acknowledged uncommitted.
import { encodePayload, type Metric, REBIRTH, sparkplugTopic } from '@louwei/gateway/sparkplug';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { EquipmentRegister } from '../assets/register.ts';
import type { Db } from '../migrations/tables.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { createCommitter } from './committer.ts';
import { DEFAULT_LIMITS, type SessionLimits } from './core/session.ts';
import { createHostConnection } from './host-connection.ts';
import { createIntake } from './intake.ts';
import { createIngestMetrics } from './metrics.ts';
import type { BatchParticipant } from './participant.ts';
import { createPendingQueue } from './pending.ts';
import { createWatermarkPublisher } from './watermark-publisher.ts';

export interface IngestOptions {
  readonly db: Db;
  /** Shared with everything else that changes alarm state. */
  readonly queue: SerialQueue;
  /** Loaded. */
  readonly register: EquipmentRegister;
  /** In this order in every transaction: telemetry first, then alarms. */
  readonly participants: readonly BatchParticipant[];
  readonly broker: { readonly url: string; readonly username?: string; readonly password?: string };
  readonly hostId: string;
  readonly log: Logger;
  readonly registry: Registry;
  readonly now?: () => number;
  /** What `now` would be if the wall clock had not been set since the start; left out: `now`. */
  readonly unsetMs?: () => number;
  /** Every message of an edge node itself, as it comes: whoever speaks with gateways picks what is no reading. */
  readonly onNodeMessage?: (gatewayId: string, metrics: readonly Metric[]) => void;
  readonly clientId?: string;
  /** Readings stated to be older are kept under the time of their arrival. */
  readonly retentionDays?: number;
  readonly maxBatchSamples?: number;
  /** Overflow: data messages are dropped and counted; gateways with an outbox send them again. */
  readonly maxWaitingSamples?: number;
  readonly maxGateways?: number;
  readonly watermarkIntervalMs?: number;
  /** How long a gateway that was online may take to show up after a start or a lost connection. */
  readonly silenceMs?: number;
  readonly limits?: Partial<SessionLimits>;
}

export interface IngestStatus {
  readonly ready: boolean;
  readonly broker: 'connected' | 'disconnected';
  readonly database: 'ok' | 'failing';
  readonly failure: { readonly sinceMs: number; readonly message: string } | null;
  readonly waitingSamples: number;
}

export interface Ingest {
  start(): void;
  /** Settles when the running transaction has; what waits is not committed and not acknowledged. */
  stop(): Promise<void>;
  status(): IngestStatus;
  /** The server's wall clock was set by so much, and `now` has followed. */
  clockSet(stepMs: number): void;
  /** One message at once, QoS 0. @returns false when there is no connection; it is not sent later then. */
  send(topic: string, payload: Buffer): boolean;
}

const DAY_MS = 86_400_000;

export function createIngest(options: IngestOptions): Ingest {
  const { register, log, now = Date.now, unsetMs = now, retentionDays = 400, silenceMs = 60_000 } = options;
  const { directory } = register;
  const limits: SessionLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const pending = createPendingQueue(options.maxWaitingSamples ?? 100_000);
  const lag = new Map<string, number>();
  const metrics = createIngestMetrics(
    options.registry,
    () => pending.samples,
    () => lag,
  );
  let silenceTimer: NodeJS.Timeout | undefined;

  const connection = createHostConnection({
    ...options.broker,
    hostId: options.hostId,
    clientId: options.clientId ?? `louwei-server-${options.hostId}`,
    log,
    now,
    onMessage: (topic, payload) => intake.message(topic, payload),
    onConnected() {
      for (const { id, group, node } of directory.gateways()) {
        intake.greet(group, node);
        watermarks.due(id);
      }
      clearTimeout(silenceTimer);
      silenceTimer = setTimeout(presumeSilentDead, silenceMs);
    },
    onDisconnected() {
      clearTimeout(silenceTimer);
      intake.connectionLost();
    },
  });

  const watermarks = createWatermarkPublisher({
    intervalMs: options.watermarkIntervalMs ?? 50,
    now,
    watermarkOf(gatewayId) {
      const gateway = directory.gateway(gatewayId);
      return gateway?.provesDelivery === true ? gateway : undefined;
    },
    publish: (topic, payload) => connection.publish(topic, payload, { qos: 1, retain: true }),
  });

  function requestRebirth(group: string, node: string, reason: string): void {
    log.info({ group, node, reason }, 'asking for rebirth');
    const timestampMs = now();
    const metric = { name: REBIRTH, type: 'Boolean', value: true, timestampMs, quality: 'good' } as const;
    const payload = encodePayload({ timestampMs, metrics: [metric] });
    connection.publish(sparkplugTopic({ group, type: 'NCMD', node }), payload, { qos: 0, retain: false });
  }

  /** Its NDEATH was sent while nobody listened. */
  function presumeSilentDead(): void {
    for (const gateway of directory.gateways()) {
      if (!gateway.online || intake.isBorn(gateway.id)) continue;
      log.warn({ gatewayId: gateway.id }, 'gateway has not come back; taken for offline');
      intake.presumeDead(gateway.id, gateway.lastSeenMs);
    }
  }

  const intake = createIntake({
    directory,
    pending,
    limits,
    maxGateways: options.maxGateways ?? 5_000,
    metrics,
    log,
    now,
    requestRebirth,
    onPending: () => committer.wake(),
    onNodeMessage: (gatewayId, metrics) => options.onNodeMessage?.(gatewayId, metrics),
  });

  const committer = createCommitter({
    db: options.db,
    queue: options.queue,
    register,
    participants: options.participants,
    pending,
    maxBatchSamples: options.maxBatchSamples ?? 5_000,
    // Nobody can tell which of the two is right, and a time that either allows is believed.
    window: (nowMs) => ({
      oldestMs: Math.min(nowMs, unsetMs()) - retentionDays * DAY_MS,
      newestMs: Math.max(nowMs, unsetMs()) + DAY_MS,
    }),
    now,
    onCommitted(applied, seconds) {
      metrics.stored.inc(applied.batch.samples.length);
      metrics.duplicate.inc(applied.duplicates);
      metrics.dropped.inc({ reason: 'stale-epoch' }, applied.staleEpoch);
      metrics.batchSamples.observe(applied.batch.samples.length);
      metrics.commitSeconds.observe(seconds);
      for (const [reason, count] of applied.gaps.counts) {
        if (reason === 'rejected') metrics.rejected.inc(count);
        else {
          metrics.missing.inc(count);
          log.error({ reason, count }, 'readings are lost; see delivery_gap');
        }
      }
      for (const [gatewayId, tracker] of applied.trackers)
        lag.set(gatewayId, (tracker.ranges.at(-1)?.[1] ?? tracker.watermark) - tracker.watermark);
      for (const { gatewayId } of applied.progress) watermarks.due(gatewayId);
      metrics.dropped.inc({ reason: 'unknown-gateway' }, applied.unknown.size);
    },
    onFailed(error, attempt, poison) {
      metrics.failedBatches.inc();
      const reason = error instanceof Error ? error.message : String(error);
      if (poison !== undefined)
        log.error(
          { gatewayId: poison.gatewayId, device: poison.fact.device, reason },
          'a message cannot be stored; its readings are rejected',
        );
      else if (attempt === 1)
        log.error({ reason }, 'the database does not take readings; trying again, nothing is acknowledged');
    },
  });

  return {
    start() {
      connection.start();
    },
    async stop() {
      clearTimeout(silenceTimer);
      intake.stop();
      await committer.stop();
      watermarks.stop();
      await connection.stop();
    },
    clockSet(stepMs) {
      pending.clockSet(stepMs);
      intake.clockSet(stepMs);
    },
    send(topic, payload) {
      if (!connection.connected) return false;
      connection.publish(topic, payload, { qos: 0, retain: false });
      return true;
    },
    status() {
      const { failure } = committer;
      return {
        ready: connection.connected && failure === undefined,
        broker: connection.connected ? 'connected' : 'disconnected',
        database: failure === undefined ? 'ok' : 'failing',
        failure: failure ?? null,
        waitingSamples: pending.samples,
      };
    },
  };
}
