// From MQTT messages to waiting facts: decode, session, queue. Whatever cannot be used is counted and said once.
import {
  decodePayload,
  type Metric,
  type Payload,
  parseSparkplugTopic,
  SPARKPLUG_NAME,
  type SparkplugTopic,
} from '@louwei/gateway/sparkplug';
import type { Logger } from 'pino';
import { gatewayIdOf } from '../assets/core/identity.ts';
import type { EquipmentDirectory } from '../assets/directory.ts';
import {
  askRebirth,
  clockSet,
  createSession,
  forget,
  onMessage,
  onTimeout,
  type Session,
  type SessionLimits,
  wakeAtMs,
} from './core/session.ts';
import type { SessionEffect } from './core/session-effects.ts';
import type { IngestMetrics } from './metrics.ts';
import type { PendingQueue } from './pending.ts';

export interface IntakeOptions {
  readonly directory: EquipmentDirectory;
  readonly pending: PendingQueue;
  readonly limits: SessionLimits;
  readonly maxGateways: number;
  readonly metrics: IngestMetrics;
  readonly log: Logger;
  readonly now: () => number;
  readonly requestRebirth: (group: string, node: string, reason: string) => void;
  /** Facts wait for their transaction. */
  readonly onPending: () => void;
  /** Of the node itself, before its place in the sequence is known. */
  readonly onNodeMessage: (gatewayId: string, metrics: readonly Metric[]) => void;
}

export interface Intake {
  message(topic: string, payload: Uint8Array): void;
  /** Everything known about sessions may be outdated. */
  connectionLost(): void;
  /** Asks for the births of a gateway known from before. */
  greet(group: string, node: string): void;
  isBorn(gatewayId: string): boolean;
  /** Enters a death nobody announced. */
  presumeDead(gatewayId: string, timeMs: number): void;
  /** The server's wall clock was set by so much. */
  clockSet(stepMs: number): void;
  stop(): void;
}

interface Entry {
  readonly gatewayId: string;
  readonly group: string;
  readonly node: string;
  readonly session: Session;
  timer: NodeJS.Timeout | undefined;
}

export function createIntake(options: IntakeOptions): Intake {
  const { directory, limits, metrics, log, now, pending } = options;
  const entries = new Map<string, Entry>();
  const saidMalformed = new Set<string>();
  let overflowing = false;
  let crowded = false;

  function entryOf(group: string, node: string): Entry | undefined {
    const gatewayId = gatewayIdOf(group, node);
    const known = entries.get(gatewayId);
    if (known !== undefined) return known;
    if (entries.size >= options.maxGateways) {
      if (!crowded)
        log.error({ gatewayId, maxGateways: options.maxGateways }, 'too many gateways, the new one is ignored');
      crowded = true;
      return undefined;
    }
    const session = createSession(directory.gateway(gatewayId)?.watermark.epoch ?? 0);
    const entry: Entry = { gatewayId, group, node, session, timer: undefined };
    entries.set(gatewayId, entry);
    return entry;
  }

  function malformed(key: string, reason: string): void {
    metrics.malformed.inc();
    if (saidMalformed.has(key) || saidMalformed.size > options.maxGateways) return;
    saidMalformed.add(key);
    log.warn({ source: key, reason }, 'malformed message dropped; further ones are only counted');
  }

  function perform(entry: Entry, effects: readonly SessionEffect[]): void {
    const { gatewayId, group, node, session } = entry;
    for (const effect of effects) {
      if (effect.kind === 'rebirth') {
        metrics.rebirths.inc();
        options.requestRebirth(group, node, effect.reason);
      } else if (effect.kind === 'dropped') metrics.dropped.inc({ reason: effect.reason }, Math.max(1, effect.metrics));
      else {
        const { fact } = effect;
        const samples = 'metrics' in fact ? fact.metrics.length : 0;
        metrics.received.inc(samples);
        const taken = pending.push({
          gatewayId,
          group,
          node,
          provesDelivery: session.provesDelivery,
          fact,
          samples,
        });
        if (taken) options.onPending();
        // Without its birth the rest of the session means nothing.
        else if (fact.kind !== 'data') forget(session);
        if (!taken) metrics.dropped.inc({ reason: 'queue-full' }, Math.max(1, samples));
        if (taken === overflowing) {
          overflowing = !taken;
          if (overflowing)
            log.warn({ waiting: pending.samples }, 'ingest queue is full; messages are dropped until it drains');
        }
      }
    }
    clearTimeout(entry.timer);
    const at = wakeAtMs(session, limits);
    entry.timer =
      at === undefined
        ? undefined
        : setTimeout(() => perform(entry, onTimeout(session, now(), limits)), Math.max(1, at - now()));
  }

  function decode(topic: SparkplugTopic, bytes: Uint8Array): Payload | undefined {
    try {
      return decodePayload(bytes);
    } catch (error) {
      malformed(gatewayIdOf(topic.group, topic.node), error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  return {
    message(text, bytes) {
      const topic = parseSparkplugTopic(text);
      const names = topic === undefined ? [] : [topic.group, topic.node, topic.device ?? 'device'];
      if (topic === undefined || !names.every((name) => SPARKPLUG_NAME.test(name)))
        return malformed('topic', `${text.slice(0, 200)} is no Sparkplug topic`);
      if (topic.type === 'NCMD' || topic.type === 'DCMD') return;
      const payload = decode(topic, bytes);
      const entry = payload === undefined ? undefined : entryOf(topic.group, topic.node);
      if (payload === undefined || entry === undefined) return;
      const { seq, timestampMs, metrics: all, delivery } = payload;
      if (topic.type === 'NBIRTH' || topic.type === 'NDATA') options.onNodeMessage(entry.gatewayId, all);
      const incoming = { topic, seq, timestampMs, metrics: all, delivery, receivedAtMs: now() };
      perform(entry, onMessage(entry.session, incoming, limits));
    },
    connectionLost() {
      for (const entry of entries.values()) {
        clearTimeout(entry.timer);
        forget(entry.session);
        entry.session.rebirthAskedAtMs = undefined;
        entry.session.rebirthWaitMs = 0;
      }
    },
    greet(group, node) {
      const entry = entryOf(group, node);
      if (entry !== undefined && !entry.session.born)
        perform(entry, askRebirth(entry.session, now(), limits, 'the server has started or was disconnected'));
    },
    isBorn: (gatewayId) => entries.get(gatewayId)?.session.born ?? false,
    presumeDead(gatewayId, timeMs) {
      const gateway = directory.gateway(gatewayId);
      const entry = gateway === undefined ? undefined : entryOf(gateway.group, gateway.node);
      if (entry === undefined) return;
      perform(entry, [{ kind: 'fact', fact: { kind: 'node-death', device: '', receivedAtMs: now(), timeMs } }]);
    },
    clockSet(stepMs) {
      for (const { session } of entries.values()) clockSet(session, stepMs);
    },
    stop() {
      for (const entry of entries.values()) clearTimeout(entry.timer);
    },
  };
}
