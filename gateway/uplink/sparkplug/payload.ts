// Sparkplug B payloads in the product's own words: encode and decode with Eclipse Tahu's codec, and nothing of its
// types (Long, optional everything) leaks out.

import type { Quality } from '@louwei/device-profiles';
import {
  encodePayload as encodeTahu,
  type TypeStr,
  type UMetric,
  type UPropertyValue,
} from 'sparkplug-payload/lib/sparkplugbpayload.js';
import type { CommandMark } from './command.ts';
import { DELIVERY_ENCODING, type Delivery, encodeDelivery } from './core/delivery.ts';
import {
  COMMAND_EXPIRY_PROPERTY,
  COMMAND_ID_PROPERTY,
  COMMAND_ISSUED_PROPERTY,
  DEVICE_TIME_PROPERTY,
  QUALITY_PROPERTY,
  REASON_PROPERTY,
} from './names.ts';

export type MetricValue = number | boolean | string | null;
/** Sparkplug data types Louwei writes; anything numeric is accepted when reading. */
export type MetricType = 'Double' | 'Boolean' | 'String' | 'Int64' | 'UInt64';

export interface Metric {
  /** Present in births, absent in data (the alias stands for it). */
  readonly name?: string;
  /** Unique within the edge node (specification 6.4.6). */
  readonly alias?: number;
  readonly type: MetricType;
  /** Sparkplug's own data type code; absent in data messages that leave it to the birth. Only set by decoding. */
  readonly datatype?: number;
  /** null when no value is known. */
  readonly value: MetricValue;
  /** Why a value that was sent cannot be used: not finite, an unsupported type. Only set by decoding. */
  readonly unusable?: string;
  /** When the gateway read it, Unix ms. */
  readonly timestampMs: number;
  readonly quality: Quality;
  /** The device's own time, Unix ms, when it has one. */
  readonly deviceTimeMs?: number;
  readonly historical?: boolean;
  /** Only in DCMD. */
  readonly command?: CommandMark;
}

export interface Payload {
  readonly timestampMs: number;
  /** 0-255, absent in NDEATH. */
  readonly seq?: number;
  readonly metrics: readonly Metric[];
  /** Absent from edge nodes that are not Louwei's. */
  readonly delivery?: Delivery;
}

export function encodePayload(payload: Payload): Buffer {
  const bytes = encodeTahu({
    timestamp: payload.timestampMs,
    ...(payload.seq === undefined ? {} : { seq: payload.seq }),
    metrics: payload.metrics.map(toTahu),
    ...(payload.delivery === undefined ? {} : { uuid: DELIVERY_ENCODING, body: encodeDelivery(payload.delivery) }),
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
  if (metric.command !== undefined) {
    properties[COMMAND_ID_PROPERTY] = { type: 'String', value: metric.command.id };
    properties[COMMAND_ISSUED_PROPERTY] = { type: 'UInt64', value: metric.command.issuedAtMs };
    properties[COMMAND_EXPIRY_PROPERTY] = { type: 'UInt64', value: metric.command.expiresAtMs };
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
