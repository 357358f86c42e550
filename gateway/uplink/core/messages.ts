// The contents of the edge node's messages, from records and properties. No topic, no sequence number, no sending.
import type { OutboxPoint, OutboxRecord } from '../../outbox/record.ts';
import { BDSEQ, DROPPED_RECORDS, DROPPED_THROUGH, PROPERTY_PREFIX, REBIRTH } from '../sparkplug/names.ts';
import type { Metric, MetricValue, Payload } from '../sparkplug/payload.ts';
import { ANSWER, CONFIGURATION } from '../sparkplug/request.ts';

export const METRICS_PER_MESSAGE = 500;

export interface DevicePayload {
  readonly device: string;
  readonly payload: Payload;
}

type NodeType = 'Int64' | 'Boolean' | 'String';

const nodeMetric = (name: string, type: NodeType, value: MetricValue, timestampMs: number): Metric => ({
  name,
  type,
  value,
  timestampMs,
  quality: 'good',
});

export interface NodeFacts {
  readonly bdSeq: number;
  readonly epoch: number;
  /** Nothing at or below will be sent again. */
  readonly droppedThrough: number;
  /** Records given up for want of room, ever. */
  readonly droppedRecords: number;
}

/** What the node says of itself beside its data: an answer to a request, or its configuration. */
export type NodeText = typeof ANSWER | typeof CONFIGURATION;

/** `own`: the points of the gateway itself, as of a device's birth. */
export function nodeBirth(facts: NodeFacts, configuration: string, nowMs: number, own: Payload | undefined): Payload {
  const metrics = [
    nodeMetric(BDSEQ, 'Int64', facts.bdSeq, nowMs),
    nodeMetric(REBIRTH, 'Boolean', false, nowMs),
    ...droppedMetrics(facts, nowMs),
    nodeMetric(CONFIGURATION, 'String', configuration, nowMs),
    // Declared, for a host ignores what was not born; answers are never repeated.
    nodeMetric(ANSWER, 'String', '', nowMs),
  ];
  const seqs = [...metrics.map(() => 0), ...(own?.delivery?.seqs ?? [])];
  return { timestampMs: nowMs, metrics: [...metrics, ...(own?.metrics ?? [])], delivery: { epoch: facts.epoch, seqs } };
}

export function droppedNotice(facts: NodeFacts, nowMs: number): Payload {
  const metrics = droppedMetrics(facts, nowMs);
  return { timestampMs: nowMs, metrics, delivery: { epoch: facts.epoch, seqs: metrics.map(() => 0) } };
}

/** Of the moment: it has no place in the stream of records, and nobody waits for it later. */
export const nodeText = (name: NodeText, text: string, epoch: number, nowMs: number): Payload => ({
  timestampMs: nowMs,
  metrics: [nodeMetric(name, 'String', text, nowMs)],
  delivery: { epoch, seqs: [0] },
});

const droppedMetrics = (facts: NodeFacts, nowMs: number): Metric[] => [
  nodeMetric(DROPPED_THROUGH, 'Int64', facts.droppedThrough, nowMs),
  nodeMetric(DROPPED_RECORDS, 'Int64', facts.droppedRecords, nowMs),
];

/** NDEATH carries bdSeq only, and no seq (tck-id-payloads-ndeath-*). */
export const nodeDeath = (bdSeq: number, nowMs: number): Payload => ({
  timestampMs: nowMs,
  metrics: [nodeMetric(BDSEQ, 'Int64', bdSeq, nowMs)],
});

/**
 * All properties and points of a device. A point's current value carries its outbox seq, or 0 when it is unknown or
 * its number belongs to an earlier epoch (below `firstSeqOfEpoch`), where the server has it already.
 */
export function deviceBirth(
  properties: Readonly<Record<string, string>>,
  points: readonly OutboxPoint[],
  current: (alias: number) => OutboxRecord | undefined,
  epoch: { readonly epoch: number; readonly firstSeq: number },
  nowMs: number,
): Payload {
  const metrics: Metric[] = Object.entries(properties).map(([name, value]) => ({
    name: name.startsWith(PROPERTY_PREFIX) ? name : PROPERTY_PREFIX + name,
    type: 'String',
    value,
    timestampMs: nowMs,
    quality: 'good',
  }));
  const seqs = metrics.map(() => 0);
  for (const point of points) {
    const record = current(point.alias);
    metrics.push({
      name: point.point,
      alias: point.alias,
      type: point.type,
      ...(record === undefined
        ? { value: null, timestampMs: nowMs, quality: 'not-connected' as const }
        : readingOf(record)),
    });
    seqs.push(record !== undefined && record.seq >= epoch.firstSeq ? record.seq : 0);
  }
  return { timestampMs: nowMs, metrics, delivery: { epoch: epoch.epoch, seqs } };
}

const readingOf = (record: OutboxRecord) => ({
  value: record.value,
  timestampMs: record.gatewayTimeMs,
  quality: record.quality,
  ...(record.deviceTimeMs === undefined ? {} : { deviceTimeMs: record.deviceTimeMs }),
});

/**
 * One message per device and {@link METRICS_PER_MESSAGE} records, each device's records in order.
 * `historical` tells which record is no longer the current value of its point. The backlog of a device that has no
 * birth, because it is no longer configured, goes by name.
 */
export function dataMessages(
  records: readonly OutboxRecord[],
  pointOf: (alias: number) => OutboxPoint | undefined,
  isBorn: (device: string) => boolean,
  historical: (record: OutboxRecord) => boolean,
  epoch: number,
  nowMs: number,
): DevicePayload[] {
  const messages: DevicePayload[] = [];
  const open = new Map<string, { metrics: Metric[]; seqs: number[] }>();
  for (const record of records) {
    const point = pointOf(record.alias);
    if (point === undefined) continue;
    let message = open.get(point.device);
    if (message === undefined || message.metrics.length >= METRICS_PER_MESSAGE) {
      message = { metrics: [], seqs: [] };
      open.set(point.device, message);
      messages.push({
        device: point.device,
        payload: { timestampMs: nowMs, metrics: message.metrics, delivery: { epoch, seqs: message.seqs } },
      });
    }
    message.metrics.push({
      ...(isBorn(point.device) ? { alias: point.alias } : { name: point.point }),
      type: point.type,
      ...readingOf(record),
      ...(historical(record) ? { historical: true } : {}),
    });
    message.seqs.push(record.seq);
  }
  return messages;
}
