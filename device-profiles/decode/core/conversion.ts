// Turns a raw value of any protocol into the point's unit: sentinels, map, scale, offset, in that order - and back.
import type { POINT_KINDS } from '../../schema/class.ts';
import type { ModbusPoint } from '../../schema/model.ts';
import type { Quality } from '../../schema/quality.ts';

/** What a model says about the raw value, whatever the protocol. */
export type Conversion = Pick<ModbusPoint, 'sentinels' | 'map' | 'scale' | 'offset'>;

/** A value in the point's unit, or null when there is none; `quality` then says why. */
export interface Decoded {
  readonly value: number | string | null;
  readonly quality: Quality;
}

export const bad = (quality: Quality): Decoded => ({ value: null, quality });
const good = (value: number | string): Decoded => ({ value, quality: 'good' });

/**
 * Converts a raw value as OPC UA, JSON or a register decoder delivers it.
 * Booleans count as 0 and 1; a missing value is `not-present`; NaN is `sentinel`; a raw value without an entry in the
 * model's `map` is a `decode-error`, never passed on as if it were the point's own number.
 * @param kind kind of the class's point when known: a number that came as text ("23.5") is then read as a number, and
 *   what is no number becomes a `decode-error`; a `text` point keeps every raw value as text.
 */
export function convertRaw(conversion: Conversion, raw: unknown, kind?: (typeof POINT_KINDS)[number]): Decoded {
  if (raw === null || raw === undefined) return bad('not-present');
  if (typeof raw !== 'number' && typeof raw !== 'bigint' && typeof raw !== 'boolean' && typeof raw !== 'string')
    return bad('decode-error');
  const key = String(raw);
  const sentinel = own(conversion.sentinels, key) ?? sentinelOfRange(conversion.sentinels, raw);
  if (sentinel !== undefined) return bad(sentinel);
  if (conversion.map !== undefined) {
    const mapped =
      own(conversion.map, key) ?? (typeof raw === 'boolean' ? own(conversion.map, raw ? '1' : '0') : undefined);
    return mapped === undefined ? bad('decode-error') : scaled(conversion, mapped);
  }
  if (kind === 'text') return good(key);
  // A bare MQTT payload has no type of its own.
  if (kind === 'state' && (raw === 'true' || raw === 'false')) return good(raw === 'true' ? 1 : 0);
  if (typeof raw === 'string') {
    if (kind === undefined && conversion.scale === undefined && conversion.offset === undefined) return good(raw);
    return raw.trim() === '' || Number.isNaN(Number(raw)) ? bad('decode-error') : scaled(conversion, Number(raw));
  }
  return scaled(conversion, Number(raw));
}

/** Reason of the range, written `65528..65534`, in which the raw number lies. */
function sentinelOfRange(sentinels: Conversion['sentinels'], raw: unknown): Quality | undefined {
  if (sentinels === undefined || (typeof raw !== 'number' && typeof raw !== 'bigint')) return undefined;
  return Object.entries(sentinels).find(([key]) => {
    const [low, high] = sentinelBounds(key);
    return high !== low && raw >= low && raw <= high;
  })?.[1];
}

/** First and last raw value of a sentinel: the same for a single one. Exact also for 64 bits. */
export function sentinelBounds(key: string): readonly [bigint, bigint] {
  const [low = key, high = low] = key.split('..');
  return [BigInt(low), BigInt(high)];
}

/** The raw number that {@link convertRaw} would turn into `value`: map and scale backwards, not yet rounded. */
export function rawOf(conversion: Conversion, value: number): number {
  const { scale = 1, offset = 0, map } = conversion;
  const shifted = tidy(value - offset, offset);
  const unscaled = isReciprocal(scale) ? shifted * Math.round(1 / scale) : shifted / scale;
  if (map === undefined) return unscaled;
  const entry = Object.entries(map).find(([, mapped]) => mapped === unscaled);
  if (entry === undefined) throw new RangeError(`no raw value of the map means ${value}`);
  return Number(entry[0]);
}

function scaled({ scale = 1, offset = 0 }: Conversion, raw: number): Decoded {
  if (Number.isNaN(raw)) return bad('sentinel');
  if (!Number.isFinite(raw)) return bad(raw > 0 ? 'over-range' : 'under-range');
  // Dividing by 10 rounds to the nearest double of the printed decimal, multiplying by 0.1 does not (3 * 0.1).
  const value = isReciprocal(scale) ? raw / Math.round(1 / scale) : raw * scale;
  return good(tidy(value + offset, offset) + 0);
}

const isReciprocal = (scale: number): boolean => Math.abs(scale) < 1 && 1 / Math.round(1 / scale) === scale;

/** The sum of scaled numbers without the noise behind the 15th digit. */
export const sumOf = (numbers: readonly number[]): number =>
  tidy(
    numbers.reduce((sum, number) => sum + number, 0),
    1,
  );

/** An offset such as -273.15 leaves noise behind the 15th digit; without an offset the value stays as it is. */
const tidy = (value: number, offset: number): number => (offset === 0 ? value : Number(value.toPrecision(15)));

const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
