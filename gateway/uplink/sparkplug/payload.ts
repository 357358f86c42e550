// Sparkplug B payloads in the product's own words: encode and decode with Eclipse Tahu's codec, and nothing of its
// types (Long, optional everything) leaks out.

import { QUALITY_CODES, type Quality } from '@louwei/device-profiles';
import {
  decodePayload as decodeTahu,
  encodePayload as encodeTahu,
  type TypeStr,
  type UMetric,
  type UPropertyValue,
} from 'sparkplug-payload/lib/sparkplugbpayload.js';
import { DELIVERY_ENCODING, type Delivery, decodeDelivery, encodeDelivery } from './core/delivery.ts';

export type MetricValue = number | boolean | string | null;
/** Sparkplug data types Louwei writes; anything numeric is accepted when reading. */
export type MetricType = 'Double' | 'Boolean' | 'String' | 'Int64' | 'UInt64';

export interface Metric {
  /** Present in births, absent in data (the alias stands for it). */
  readonly name?: string;
  /** Unique within the edge node (specification 6.4.6). */
  readonly alias?: number;
  readonly type: MetricType;
  /** null when no value is known. */
  readonly value: MetricValue;
  /** When the gateway read it, Unix ms. */
  readonly timestampMs: number;
  readonly quality: Quality;
  /** The device's own time, Unix ms, when it has one. */
  readonly deviceTimeMs?: number;
  readonly historical?: boolean;
}

export interface Payload {
  readonly timestampMs: number;
  /** 0-255, absent in NDEATH. */
  readonly seq?: number;
  readonly metrics: readonly Metric[];
  /** Absent from edge nodes that are not Louwei's. */
  readonly delivery?: Delivery;
}

/** Property keys: `Quality` is Sparkplug's own (0 bad, 192 good, 500 stale); the others are Louwei's additions. */
const QUALITY_PROPERTY = 'Quality';
const REASON_PROPERTY = 'Quality Reason';
const DEVICE_TIME_PROPERTY = 'Device Time';

export function encodePayload(payload: Payload): Buffer {
  const bytes = encodeTahu({
    timestamp: payload.timestampMs,
    ...(payload.seq === undefined ? {} : { seq: payload.seq }),
    metrics: payload.metrics.map(toTahu),
    ...(payload.delivery === undefined ? {} : { uuid: DELIVERY_ENCODING, body: encodeDelivery(payload.delivery) }),
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws Error when the bytes are no Sparkplug B payload or its delivery does not match its metrics. */
export function decodePayload(bytes: Uint8Array): Payload {
  const tahu = decodeTahu(bytes);
  const timestampMs = toNumber(tahu.timestamp) ?? 0;
  const metrics = (tahu.metrics ?? []).map((metric) => fromTahu(metric, timestampMs));
  const seq = toNumber(tahu.seq);
  let delivery: Delivery | undefined;
  if (tahu.uuid === DELIVERY_ENCODING && tahu.body) {
    delivery = decodeDelivery(tahu.body);
    if (delivery.seqs.length !== metrics.length) {
      throw new RangeError(`delivery names ${delivery.seqs.length} metrics, the payload has ${metrics.length}`);
    }
  }
  return {
    timestampMs,
    metrics,
    ...(seq === undefined ? {} : { seq }),
    ...(delivery === undefined ? {} : { delivery }),
  };
}

function toTahu(metric: Metric): UMetric {
  const properties: Record<string, UPropertyValue> = {};
  if (metric.quality !== 'good') {
    properties[QUALITY_PROPERTY] = { type: 'Int32', value: metric.quality === 'stale' ? 500 : 0 };
    properties[REASON_PROPERTY] = { type: 'String', value: metric.quality };
  }
  if (metric.deviceTimeMs !== undefined) {
    properties[DEVICE_TIME_PROPERTY] = { type: 'UInt64', value: metric.deviceTimeMs };
  }
  return {
    ...(metric.name === undefined ? {} : { name: metric.name }),
    ...(metric.alias === undefined ? {} : { alias: metric.alias }),
    type: metric.type as TypeStr,
    value: metric.value,
    timestamp: metric.timestampMs,
    ...(metric.value === null ? { isNull: true } : {}),
    ...(metric.historical === true ? { isHistorical: true } : {}),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  };
}

function fromTahu(metric: UMetric, payloadTimeMs: number): Metric {
  const alias = toNumber(metric.alias);
  const deviceTimeMs = toNumber(metric.properties?.[DEVICE_TIME_PROPERTY]?.value);
  return {
    ...(metric.name ? { name: metric.name } : {}),
    ...(alias === undefined ? {} : { alias }),
    type: typeOf(metric.type),
    value: metric.isNull === true ? null : metricValue(metric.value),
    timestampMs: toNumber(metric.timestamp) ?? payloadTimeMs,
    quality: qualityOf(metric.properties),
    ...(deviceTimeMs === undefined ? {} : { deviceTimeMs }),
    ...(metric.isHistorical === true ? { historical: true } : {}),
  };
}

function qualityOf(properties: UMetric['properties']): Quality {
  const code = toNumber(properties?.[QUALITY_PROPERTY]?.value);
  if (code === undefined || code === 192) return 'good';
  const reason = properties?.[REASON_PROPERTY]?.value;
  if (typeof reason === 'string' && Object.hasOwn(QUALITY_CODES, reason)) return reason as Quality;
  return code === 500 ? 'stale' : 'sensor-fault';
}

function typeOf(type: string): MetricType {
  if (type === 'Boolean') return 'Boolean';
  if (type === 'String' || type === 'Text' || type === 'UUID') return 'String';
  if (type === 'UInt64' || type === 'Int64') return type;
  return 'Double';
}

function metricValue(value: UMetric['value'] | undefined): MetricValue {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  return toNumber(value) ?? null;
}

/** Numbers arrive as number or Long; anything else, and what a double cannot hold, is undefined. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'object' && value !== null && 'toNumber' in value && typeof value.toNumber === 'function') {
    const number: unknown = value.toNumber();
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  }
  return undefined;
}
