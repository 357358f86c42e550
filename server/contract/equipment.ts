// Gateways, equipment, its points, their present values and their history.
import { z } from 'zod';
import { bilingualText, isoTime, priority } from './shared.ts';

export const place = z.object({ site: z.string(), building: z.string(), floor: z.string(), room: z.string() });

export const gateway = z.object({
  id: z.string(),
  online: z.boolean(),
  /** Since when it is online or offline. */
  since: isoTime,
  lastSeenAt: isoTime,
  equipmentCount: z.int(),
  /** How far its stream is committed: every reading up to here is in the database. */
  watermark: z.object({ epoch: z.number(), seq: z.number() }),
  /** Louwei's own gateways prove delivery; other Sparkplug edge nodes cannot. */
  provesDelivery: z.boolean(),
});
export type Gateway = z.infer<typeof gateway>;

/** Value of a point now. `quality` is `good` or the reason; a null value was never known. */
export const pointValue = z.object({
  point: z.string(),
  value: z.union([z.number(), z.string(), z.null()]),
  quality: z.string(),
  /** When the gateway read it. */
  time: isoTime,
  deviceTime: isoTime.nullable(),
});
export type PointValue = z.infer<typeof pointValue>;

/** How a point may be commanded; the gateway judges interlock and rate. */
export const pointWrite = z.object({
  range: z.tuple([z.number(), z.number()]),
  step: z.number(),
  twoPersons: z.boolean(),
  expiryS: z.number(),
  /** Points that must stand right for the command to be accepted. */
  interlock: z.array(z.string()),
  /** The point that proves it, and how long that may take. */
  readBack: z.object({ point: z.string(), withinS: z.number() }),
});
export type PointWrite = z.infer<typeof pointWrite>;

export const pointDescription = z.object({
  point: z.string(),
  label: bilingualText,
  kind: z.enum(['analog', 'state', 'enumeration', 'counter', 'text']),
  unit: z.string().nullable(),
  range: z.tuple([z.number(), z.number()]).nullable(),
  decimals: z.int(),
  values: z.record(z.string(), bilingualText).nullable(),
  /** Longest silence of a living point, s; after three of them the value is stale. */
  expectEveryS: z.number(),
  /** Alarm limits that lie on this point, for the indicator and the trend. */
  limits: z.array(
    z.object({ alarm: z.string(), priority, above: z.number().nullable(), below: z.number().nullable() }),
  ),
  /** Absent: the point is read-only. */
  write: pointWrite.optional(),
});
export type PointDescription = z.infer<typeof pointDescription>;

export const equipmentSummary = z.object({
  id: z.string(),
  name: bilingualText,
  class: z.string(),
  classLabel: bilingualText,
  /** Group in the equipment archive: fire, transformers, lv-distribution, water, lifts, access, ... */
  group: z.string(),
  model: z.string(),
  place,
  gatewayId: z.string(),
  online: z.boolean(),
  /** Since when it is offline, and why in words. */
  offlineSince: isoTime.nullable(),
  /** Worst open alarm, null when there is none. */
  worstPriority: priority.nullable(),
  unacknowledged: z.int(),
  activeAlarms: z.int(),
  openWorkOrders: z.int(),
  /** Points to show on the tile. */
  faceplate: z.array(z.string()),
});
export type EquipmentSummary = z.infer<typeof equipmentSummary>;

export const equipmentDetail = equipmentSummary.extend({
  connection: z.string(),
  points: z.array(pointDescription),
  values: z.array(pointValue),
});
export type EquipmentDetail = z.infer<typeof equipmentDetail>;

/** What feeds the equipment. An alarm that follows from the loss of a feed is suppressed while the loss lasts. */
export const feeds = z.object({
  items: z.array(z.object({ feederId: z.string().min(1).max(64), medium: z.enum(['power', 'water', 'heat']) })).max(20),
});
export type Feeds = z.infer<typeof feeds>;

export const historyQuery = z.object({
  /** Comma-separated point names. */
  points: z.string().min(1).max(2000),
  from: isoTime,
  to: isoTime,
  maxPoints: z.coerce.number().int().min(1).max(5000).default(500),
});

/** One bucket: start (Unix ms), min, max, avg, count of readings, share of good quality 0..1. min..avg are of good readings only. */
export const historyBucket = z.tuple([
  z.number(),
  z.number().nullable(),
  z.number().nullable(),
  z.number().nullable(),
  z.int(),
  z.number(),
]);
export const history = z.object({
  from: isoTime,
  to: isoTime,
  /** Width of a bucket in ms. */
  bucketMs: z.number(),
  series: z.array(z.object({ point: z.string(), buckets: z.array(historyBucket) })),
});
export type History = z.infer<typeof history>;
