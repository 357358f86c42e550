// From the bytes of a Sparkplug B payload to the product's own words, on Tahu's generated protobuf code. Tahu's own
// decoder loses the value of a metric that leaves its data type out, which the specification recommends for data
// messages (tck-id-payloads-metric-datatype-not-req), and everything about values it cannot express.
import { QUALITY_CODES, type Quality } from '@louwei/device-profiles';
import proto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import type { CommandMark } from './command.ts';
import { DELIVERY_ENCODING, type Delivery, decodeDelivery } from './core/delivery.ts';
import {
  COMMAND_EXPIRY_PROPERTY,
  COMMAND_ID_PROPERTY,
  COMMAND_ISSUED_PROPERTY,
  DEVICE_TIME_PROPERTY,
  QUALITY_PROPERTY,
  REASON_PROPERTY,
} from './names.ts';
import type { Metric, MetricType, MetricValue, Payload } from './payload.ts';

const wire = proto.org.eclipse.tahu.protobuf.Payload;
type WireMetric = proto.org.eclipse.tahu.protobuf.Payload.IMetric;
type WireProperties = proto.org.eclipse.tahu.protobuf.Payload.IPropertySet;

/** Data types of Sparkplug B 3.0, 6.4.16, whose representation matters here. */
const INT32 = 3;
const INT64 = 4;
const UINT64 = 8;
const BOOLEAN = 11;
const STRING_TYPES: ReadonlySet<number> = new Set([12, 14, 15]);

/** @throws Error when the bytes are no Sparkplug B payload or its delivery does not match its metrics. */
export function decodePayload(bytes: Uint8Array): Payload {
  const payload = wire.decode(bytes);
  const timestampMs = own(payload, 'timestamp') ?? 0;
  const metrics = (payload.metrics ?? []).map((metric) => decodeMetric(metric, timestampMs));
  const seq = own(payload, 'seq');
  let delivery: Delivery | undefined;
  if (payload.uuid === DELIVERY_ENCODING && payload.body) {
    delivery = decodeDelivery(payload.body);
    if (delivery.seqs.length !== metrics.length)
      throw new RangeError(`delivery names ${delivery.seqs.length} metrics, the payload has ${metrics.length}`);
  }
  return {
    timestampMs,
    metrics,
    ...(seq === undefined ? {} : { seq }),
    ...(delivery === undefined ? {} : { delivery }),
  };
}

/** A metric of a data message that left its type out, read as the type its birth declared. */
export function asBorn(metric: Metric, type: MetricType, datatype: number | undefined): Metric {
  if (metric.datatype !== undefined || datatype === undefined) return metric;
  const value =
    typeof metric.value === 'number' && datatype >= 1 && datatype <= INT32 ? metric.value | 0 : metric.value;
  return { ...metric, type, value };
}

function decodeMetric(metric: WireMetric, payloadTimeMs: number): Metric {
  const datatype = own(metric, 'datatype');
  const alias = own(metric, 'alias');
  const properties = metric.properties ?? undefined;
  const deviceTimeMs = toNumber(property(properties, DEVICE_TIME_PROPERTY));
  const { value, unusable } = decodeValue(metric, datatype);
  const command = commandMark(properties);
  return {
    ...(metric.name ? { name: metric.name } : {}),
    ...(alias === undefined ? {} : { alias }),
    type: typeOf(datatype, value),
    ...(datatype === undefined || datatype === 0 ? {} : { datatype }),
    value,
    ...(unusable === undefined ? {} : { unusable }),
    timestampMs: own(metric, 'timestamp') ?? payloadTimeMs,
    quality: qualityOf(properties),
    ...(deviceTimeMs === undefined ? {} : { deviceTimeMs }),
    ...(metric.isHistorical === true ? { historical: true } : {}),
    ...(command === undefined ? {} : { command }),
  };
}

function commandMark(properties: WireProperties | undefined): CommandMark | undefined {
  const id = property(properties, COMMAND_ID_PROPERTY);
  const issuedAtMs = toNumber(property(properties, COMMAND_ISSUED_PROPERTY));
  const expiresAtMs = toNumber(property(properties, COMMAND_EXPIRY_PROPERTY));
  const whole = typeof id === 'string' && id !== '' && issuedAtMs !== undefined && expiresAtMs !== undefined;
  return whole ? { id, issuedAtMs, expiresAtMs } : undefined;
}

function decodeValue(metric: WireMetric, datatype = 0): { value: MetricValue; unusable?: string } {
  if (metric.isNull === true) return { value: null };
  if (Object.hasOwn(metric, 'booleanValue')) return { value: metric.booleanValue ?? null };
  if (Object.hasOwn(metric, 'stringValue')) return { value: metric.stringValue ?? null };
  if (Object.hasOwn(metric, 'doubleValue')) return finite(metric.doubleValue);
  if (Object.hasOwn(metric, 'floatValue')) return finite(metric.floatValue);
  // Signed integers travel as two's complement in unsigned fields.
  if (Object.hasOwn(metric, 'intValue')) {
    const value = metric.intValue ?? 0;
    return { value: datatype >= 1 && datatype <= INT32 ? value | 0 : value };
  }
  if (Object.hasOwn(metric, 'longValue')) {
    const long: unknown = metric.longValue;
    const signed = datatype === INT64 || datatype === 0;
    return finite(toNumber(signed && isLong(long) ? long.toSigned() : long));
  }
  const unsupported = ['bytesValue', 'datasetValue', 'templateValue', 'extensionValue'].some((field) =>
    Object.hasOwn(metric, field),
  );
  return unsupported ? { value: null, unusable: 'data type is not supported' } : { value: null };
}

/** `unusable` of a float that is NaN or infinite. */
export const NOT_FINITE = 'not a finite number';

const finite = (value: number | null | undefined): { value: MetricValue; unusable?: string } =>
  typeof value === 'number' && Number.isFinite(value) ? { value } : { value: null, unusable: NOT_FINITE };

function typeOf(datatype: number | undefined, value: MetricValue): MetricType {
  if (datatype === undefined || datatype === 0)
    return typeof value === 'boolean' ? 'Boolean' : typeof value === 'string' ? 'String' : 'Double';
  if (datatype === BOOLEAN) return 'Boolean';
  if (STRING_TYPES.has(datatype)) return 'String';
  if (datatype === INT64) return 'Int64';
  return datatype === UINT64 ? 'UInt64' : 'Double';
}

function qualityOf(properties: WireProperties | undefined): Quality {
  if (properties === undefined) return 'good';
  const code = toNumber(property(properties, QUALITY_PROPERTY));
  if (code === undefined || code === 192) return 'good';
  const reason = property(properties, REASON_PROPERTY);
  if (typeof reason === 'string' && Object.hasOwn(QUALITY_CODES, reason)) return reason as Quality;
  return code === 500 ? 'stale' : 'sensor-fault';
}

function property(properties: WireProperties | undefined, key: string): unknown {
  const index = properties?.keys?.indexOf(key) ?? -1;
  const value = index < 0 ? undefined : properties?.values?.[index];
  if (value === undefined || value.isNull === true) return undefined;
  for (const field of ['intValue', 'longValue', 'stringValue', 'doubleValue', 'floatValue'] as const)
    if (Object.hasOwn(value, field)) return value[field];
  return undefined;
}

/** Numeric field that is really in the message; protobuf's defaults do not count. */
const own = <T extends object>(message: T, field: keyof T & string): number | undefined =>
  Object.hasOwn(message, field) ? toNumber(message[field]) : undefined;

interface LongLike {
  toNumber(): number;
  toSigned(): LongLike;
}
const isLong = (value: unknown): value is LongLike =>
  typeof value === 'object' && value !== null && 'toNumber' in value && 'toSigned' in value;

/** Numbers arrive as number or Long; anything else, and what is not finite, is undefined. */
function toNumber(value: unknown): number | undefined {
  const number = isLong(value) ? value.toNumber() : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
