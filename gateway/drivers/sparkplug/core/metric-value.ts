// The raw value of a metric by the data type its birth declared (Sparkplug B 3.0, 6.4.16), as the model's conversion takes it.
import { NOT_FINITE } from '../../../uplink/sparkplug/decode.ts';
import type { Metric } from '../../../uplink/sparkplug/payload.ts';

export type RawMetric =
  | { readonly raw: number | boolean | string | null; readonly fault?: undefined }
  | { readonly fault: string };

interface WholeType {
  readonly name: string;
  readonly bits: number;
  readonly signed: boolean;
}

/** By code. Beyond 2^53 a value is the nearest double, as with every other protocol. */
export const WHOLE_TYPES: Readonly<Record<number, WholeType>> = {
  1: { name: 'Int8', bits: 8, signed: true },
  2: { name: 'Int16', bits: 16, signed: true },
  3: { name: 'Int32', bits: 32, signed: true },
  4: { name: 'Int64', bits: 64, signed: true },
  5: { name: 'UInt8', bits: 8, signed: false },
  6: { name: 'UInt16', bits: 16, signed: false },
  7: { name: 'UInt32', bits: 32, signed: false },
  8: { name: 'UInt64', bits: 64, signed: false },
};
export const FLOAT = 9;
export const DOUBLE = 10;
export const BOOLEAN = 11;
const DATE_TIME = 13;
const TEXTS: ReadonlySet<number> = new Set([12, 14, 15]);
const NUMBERS: ReadonlySet<number> = new Set([FLOAT, DOUBLE, DATE_TIME]);

const OTHER_NAMES: Readonly<Record<number, string>> = {
  [FLOAT]: 'Float',
  [DOUBLE]: 'Double',
  [BOOLEAN]: 'Boolean',
  12: 'String',
  [DATE_TIME]: 'DateTime',
  14: 'Text',
  15: 'UUID',
  16: 'DataSet',
  19: 'Template',
};

export const typeName = (datatype = 0): string =>
  WHOLE_TYPES[datatype]?.name ?? OTHER_NAMES[datatype] ?? `data type ${datatype}`;

/** Lowest and highest value. */
export const rangeOf = ({ bits, signed }: WholeType): readonly [number, number] =>
  signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];

export function rawOfMetric({ value, unusable }: Metric, datatype: number | undefined): RawMetric {
  // The usual mark for "no value"; the conversion makes a sentinel of it, as with every other protocol.
  if (unusable === NOT_FINITE) return { raw: Number.NaN };
  if (unusable !== undefined) return { fault: unusable };
  if (value === null || datatype === undefined || datatype === 0) return { raw: value };
  const whole = WHOLE_TYPES[datatype];
  if (whole !== undefined) return typeof value === 'number' ? rawOfWhole(value, whole) : misfit(value, whole.name);
  if (NUMBERS.has(datatype)) return typeof value === 'number' ? { raw: value } : misfit(value, 'a number');
  if (TEXTS.has(datatype)) return typeof value === 'string' ? { raw: value } : misfit(value, 'a text');
  if (datatype !== BOOLEAN) return { fault: `${typeName(datatype)} is not supported` };
  return typeof value === 'boolean' || value === 0 || value === 1
    ? { raw: Boolean(value) }
    : misfit(value, 'a Boolean');
}

/** Negative numbers travel as two's complement, of the type's own width or sign-extended to 32 bits. */
function rawOfWhole(value: number, type: WholeType): RawMetric {
  const [low, high] = rangeOf(type);
  const fits = (one: number): boolean => Number.isInteger(one) && one >= low && one <= high;
  const negatives = [type.bits, 32].map((bits) => value - 2 ** bits).filter((one) => one < 0);
  // Without a data type in the message 64 bits are read as signed.
  const meanings = type.signed ? [value, ...negatives] : type.bits === 64 ? [value, value + 2 ** 64] : [value];
  const raw = meanings.find(fits);
  return raw === undefined ? misfit(value, type.name) : { raw };
}

const misfit = (value: unknown, wanted: string): RawMetric => ({ fault: `${JSON.stringify(value)} is not ${wanted}` });
