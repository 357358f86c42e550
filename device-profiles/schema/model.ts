// How one product SPEAKS: where each point of its class is found, and how far that is proven.
import { z } from 'zod';
import { QUALITY_CODES, type Quality } from './quality.ts';
import { bilingual, camelName, kebabName } from './text.ts';
import { mqttWriteRule, sparkplugWriteRule, writeRule } from './write.ts';

export const quality = z.enum(Object.keys(QUALITY_CODES) as [Quality, ...Quality[]]);

/** Conversion of a raw value into the point's unit, applied in this order: sentinels, map, scale, offset. */
const conversion = {
  /** Raw values, or ranges of them, that mean "no value", and why: `65535`, `65528..65534`. */
  sentinels: z
    .record(z.string().regex(/^-?\d+(\.\.-?\d+)?$/, 'a whole number, or two with .. between them'), quality)
    .optional(),
  /** Raw value (as text) to value: product codes to the class's numbers, or texts to numbers. */
  map: z.record(z.string(), z.number()).optional(),
  scale: z
    .number()
    .refine((scale) => scale !== 0, 'scale must not be 0')
    .optional(),
  offset: z.number().optional(),
};

export const MODBUS_TYPES = [
  'bit',
  'u16',
  's16',
  'u32',
  's32',
  'u64',
  's64',
  'f32',
  'f64',
  'bcd16',
  'bcd32',
  'text',
] as const;
/** Conversions that no scale can express, by name; see decode/core/transform.ts. */
export const TRANSFORMS = ['four-quadrant-power-factor'] as const;
export const WORD_ORDERS = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;

const area = z.enum(['coil', 'discrete', 'holding', 'input']);
/** As printed in the maker's manual; `addressBase` says whether that counts from 0 or 1. */
const address = z.int().min(0).max(65_536);
const INTEGER_TYPES = ['u16', 's16', 'u32', 's32'] as const;

export const modbusPoint = z.strictObject({
  /** coil FC01, discrete FC02, holding FC03, input FC04 (Modbus Application Protocol V1.1b3). */
  area,
  address,
  type: z.enum(MODBUS_TYPES),
  /** Lowest bit of a register, 0 = least significant; only with type `bit` in a register area. */
  bit: z.int().min(0).max(31).optional(),
  /** Bits of the field, e.g. 4 for a nibble; default 1. */
  width: z.int().min(2).max(16).optional(),
  /** The word the bit lies in: one register (default) or two. */
  word: z.enum(['u16', 'u32']).optional(),
  /** Registers of a `text`. */
  length: z.int().min(1).max(125).optional(),
  wordOrder: z.enum(WORD_ORDERS).optional(),
  /** More registers whose scaled numbers are added, coarse before fine: hours and minutes, high and low part. */
  plus: z
    .array(
      z.strictObject({
        address,
        type: z.enum(INTEGER_TYPES),
        scale: z.number().positive(),
        wordOrder: z.enum(WORD_ORDERS).optional(),
      }),
    )
    .min(1)
    .optional(),
  transform: z.enum(TRANSFORMS).optional(),
  /** Value, in the point's unit, at which the product's counter begins again at 0. */
  rollover: z.number().positive().optional(),
  ...conversion,
  write: writeRule.optional(),
});
export type ModbusPoint = z.infer<typeof modbusPoint>;

/** A register that is no point of the class; only `derived` uses it. */
export const modbusInput = modbusPoint.extend({
  /** What a simulated device shows here, in points of the class. Default: the point that is derived from it. */
  shows: z.string().min(1).optional(),
});
export type ModbusInput = z.infer<typeof modbusInput>;

export const opcuaPoint = z.strictObject({
  /** Node id; `{prefix}` is the device's own prefix from the gateway's configuration. */
  node: z.string().min(1),
  ...conversion,
  write: writeRule.optional(),
});
export type OpcuaPoint = z.infer<typeof opcuaPoint>;

export const mqttPoint = z.strictObject({
  /** Topic below the device's base topic; `` is the base topic itself. */
  topic: z.string(),
  /** Dot path into a JSON payload; absent: the payload itself is the value. */
  path: z.string().optional(),
  ...conversion,
  write: mqttWriteRule.optional(),
});
export type MqttPoint = z.infer<typeof mqttPoint>;

export const sparkplugPoint = z.strictObject({
  /** Name of the metric as the birth certificate has it: `Motor/Speed`. */
  metric: z.string().min(1),
  ...conversion,
  write: sparkplugWriteRule.optional(),
});
export type SparkplugPoint = z.infer<typeof sparkplugPoint>;

/** A place of any protocol. */
export type MappedPoint = ModbusPoint | OpcuaPoint | MqttPoint | SparkplugPoint;

const header = {
  $schema: z.string().optional(),
  /** `maker/product`, e.g. `eastron/sdm630`; the file is models/<maker>/<product>.yaml */
  model: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'maker/product in kebab-case, e.g. eastron/sdm630'),
  label: bilingual,
  class: kebabName,
  /** How far the map is proven. `example` is a pattern to copy, never presented as a maker's map. */
  proof: z.enum(['device-tested', 'manual', 'driver-derived', 'example']),
  sources: z.array(z.strictObject({ title: z.string().min(1), reference: z.string().min(1).optional() })).min(1),
  notes: z.array(z.string()).default([]),
};

const modbusSettings = z.strictObject({
  addressBase: z.union([z.literal(0), z.literal(1)]),
  wordOrder: z.enum(WORD_ORDERS).default('ABCD'),
  /** Most registers the product answers in one read; the protocol's own limit is 125. */
  maxRegistersPerRead: z.int().min(1).max(125).default(125),
  /** Most registers nobody asked for that may lie in one read; 0: the product refuses reads across holes. */
  maxGapRegisters: z.int().min(0).max(124).optional(),
  /** Milliseconds after which an answer is no longer expected. */
  timeoutMs: z.int().min(50).max(60_000).default(1000),
  /** Pause the product needs between requests, ms. */
  pauseMs: z.int().min(0).max(10_000).default(0),
});

/** Raw registers from the maker's manual (wire order; those of `plus` behind the others) and the value they mean. */
const modbusExample = z.strictObject({
  point: camelName,
  registers: z.array(z.int().min(0).max(0xffff)).min(1),
  value: z.union([z.number(), z.string()]).optional(),
  quality: quality.optional(),
  source: z.string().optional(),
});

export const modbusModel = z.strictObject({
  ...header,
  protocol: z.literal('modbus'),
  modbus: modbusSettings,
  points: z.record(camelName, modbusPoint),
  inputs: z.record(camelName, modbusInput).default({}),
  /** Point of the class to an expression over `inputs` and `points`; see decode/core/expression.ts. */
  derived: z.record(camelName, z.string().min(1)).default({}),
  examples: z.array(modbusExample).min(1),
});
export type ModbusModel = z.infer<typeof modbusModel>;

export const opcuaModel = z.strictObject({
  ...header,
  protocol: z.literal('opcua'),
  opcua: z
    .strictObject({
      /** Wanted intervals, ms; the server may revise them. */
      publishingIntervalMs: z.int().min(50).default(1000),
      samplingIntervalMs: z.int().min(0).default(500),
    })
    .default({ publishingIntervalMs: 1000, samplingIntervalMs: 500 }),
  points: z.record(camelName, opcuaPoint),
  examples: z
    .array(
      z.strictObject({
        point: camelName,
        raw: z.union([z.number(), z.boolean(), z.string()]),
        value: z.union([z.number(), z.string()]),
      }),
    )
    .min(1),
});
export type OpcuaModel = z.infer<typeof opcuaModel>;

export const mqttModel = z.strictObject({
  ...header,
  protocol: z.literal('mqtt'),
  mqtt: z.strictObject({
    /** Topic below the base that tells whether the device is there, and the two payloads. */
    availability: z.strictObject({ topic: z.string().min(1), online: z.string(), offline: z.string() }).optional(),
    /** Longest silence of a living device, s; after three of them its values are stale. */
    expectEveryS: z.number().positive(),
    /** Dot path of the device's own time in the payload: ISO 8601 text or Unix ms. */
    timePath: z.string().optional(),
  }),
  points: z.record(camelName, mqttPoint),
  examples: z
    .array(z.strictObject({ point: camelName, payload: z.string(), value: z.union([z.number(), z.string()]) }))
    .min(1),
});
export type MqttModel = z.infer<typeof mqttModel>;

export const sparkplugModel = z.strictObject({
  ...header,
  protocol: z.literal('sparkplug'),
  sparkplug: z
    .strictObject({
      /**
       * Longest silence of each living point, s; after three of them its value is stale. Absent: the product reports changes
       * only, and what it said last holds until a death certificate (Sparkplug B 3.0, 5: report by exception).
       */
      expectEveryS: z.number().positive().optional(),
    })
    .default({}),
  points: z.record(camelName, sparkplugPoint),
  examples: z
    .array(
      z.strictObject({
        point: camelName,
        raw: z.union([z.number(), z.boolean(), z.string()]),
        value: z.union([z.number(), z.string()]),
      }),
    )
    .min(1),
});
export type SparkplugModel = z.infer<typeof sparkplugModel>;

/** Sibling of another Modbus model: only what differs. A point, input or derived point of null is not there. */
export const modelVariant = z.strictObject({
  $schema: header.$schema,
  model: header.model,
  extends: header.model,
  label: bilingual,
  proof: header.proof.optional(),
  /** What shows that the sibling speaks like this; the base's sources follow them. */
  sources: header.sources,
  notes: z.array(z.string()).optional(),
  modbus: modbusSettings.partial().optional(),
  points: z.record(camelName, modbusPoint.nullable()).optional(),
  inputs: z.record(camelName, modbusInput.nullable()).optional(),
  derived: z.record(camelName, z.string().min(1).nullable()).optional(),
  examples: z.array(modbusExample).optional(),
});
export type ModelVariant = z.infer<typeof modelVariant>;

export const deviceModel = z.discriminatedUnion('protocol', [modbusModel, opcuaModel, mqttModel, sparkplugModel]);
export type DeviceModel = z.infer<typeof deviceModel>;

/** Every point of the class that the model delivers, mapped or derived. */
export const pointNames = (model: DeviceModel): string[] => [
  ...Object.keys(model.points),
  ...(model.protocol === 'modbus' ? Object.keys(model.derived) : []),
];
