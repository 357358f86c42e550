// What the outbox keeps of a reading, and how its value lies in a typeless SQLite column.
import { QUALITY_CODES, type Quality, qualityOfCode } from '@louwei/device-profiles';
import type { PointValue, Sample } from '../points/reading.ts';

/** How a point's values are stored and sent; the Sparkplug data types a point may have. */
export type PointType = 'Double' | 'Boolean' | 'String';

/** A point the outbox knows. `alias` is unique within the gateway for ever and serves as the Sparkplug alias. */
export interface OutboxPoint {
  readonly alias: number;
  readonly device: string;
  readonly point: string;
  readonly type: PointType;
}

/** One committed reading. `seq` counts from 1 without holes; with the outbox's epoch it is the reading's identity. */
export interface OutboxRecord {
  readonly seq: number;
  readonly alias: number;
  readonly gatewayTimeMs: number;
  readonly deviceTimeMs?: number;
  readonly value: PointValue;
  readonly quality: Quality;
}

/** A record that has no sequence number yet: it gets one when its group is committed. */
export type PendingRecord = Omit<OutboxRecord, 'seq'>;

/** A row of the table `record`: seq, point, gateway time, device time, value, quality code. */
export type RecordRow = [number, number, number, number | null, number | string | null, number];

/** Brings a sample into the form of its point. A value that the type cannot hold becomes null with `decode-error`. */
export function pendingRecord(sample: Sample, point: OutboxPoint): PendingRecord {
  const value = coerce(sample.value, point.type);
  const lost = value === null && sample.value !== null && sample.quality === 'good';
  return {
    alias: point.alias,
    gatewayTimeMs: Math.trunc(sample.gatewayTimeMs),
    ...(sample.deviceTimeMs === undefined ? {} : { deviceTimeMs: Math.trunc(sample.deviceTimeMs) }),
    value,
    quality: lost ? 'decode-error' : sample.quality,
  };
}

export const toRow = (seq: number, record: PendingRecord): RecordRow => [
  seq,
  record.alias,
  record.gatewayTimeMs,
  record.deviceTimeMs ?? null,
  typeof record.value === 'boolean' ? Number(record.value) : record.value,
  QUALITY_CODES[record.quality],
];

export function fromRow(row: RecordRow, type: PointType): OutboxRecord {
  const [seq, alias, gatewayTimeMs, deviceTimeMs, value, quality] = row;
  return {
    seq,
    alias,
    gatewayTimeMs,
    ...(deviceTimeMs === null ? {} : { deviceTimeMs }),
    value: coerce(value, type),
    quality: qualityOfCode(quality),
  };
}

function coerce(value: PointValue, type: PointType): PointValue {
  if (value === null) return null;
  switch (type) {
    case 'String':
      return String(value);
    case 'Boolean':
      return typeof value === 'string' ? null : Boolean(value);
    case 'Double': {
      const number = typeof value === 'string' ? Number.NaN : Number(value);
      return Number.isFinite(number) ? number : null;
    }
  }
}
