// Modbus registers to a point's value and back. One codec for gateway, linter and simulators; the shipped models'
// examples come from the makers' manuals, so that a wrong byte order cannot agree with itself.
import type { ModbusModel, ModbusPoint, WORD_ORDERS } from '../../schema/model.ts';
import { bad, convertRaw, type Decoded, rawOf, sentinelBounds, sumOf } from './conversion.ts';
import { TRANSFORM } from './transform.ts';

export type WordOrder = (typeof WORD_ORDERS)[number];
type NumberType = Exclude<ModbusPoint['type'], 'bit' | 'text'>;

const NUMBERS: Readonly<Record<NumberType, { words: number; low: number; high: number }>> = {
  u16: { words: 1, low: 0, high: 0xffff },
  s16: { words: 1, low: -0x8000, high: 0x7fff },
  u32: { words: 2, low: 0, high: 0xffff_ffff },
  s32: { words: 2, low: -0x8000_0000, high: 0x7fff_ffff },
  // 2^64 - 1 is no double; the nearest double below it that still fits.
  u64: { words: 4, low: 0, high: 2 ** 64 - 2048 },
  s64: { words: 4, low: -(2 ** 63), high: 2 ** 63 - 1024 },
  f32: { words: 2, low: -Infinity, high: Infinity },
  f64: { words: 4, low: -Infinity, high: Infinity },
  bcd16: { words: 1, low: 0, high: 9999 },
  bcd32: { words: 2, low: 0, high: 9999_9999 },
};

/** Smallest and largest raw number of a type; null for text. */
export function rawRange(type: ModbusPoint['type'], width = 1): readonly [number, number] | null {
  if (type === 'text') return null;
  return type === 'bit' ? [0, 2 ** width - 1] : [NUMBERS[type].low, NUMBERS[type].high];
}

type Shape = Pick<ModbusPoint, 'type' | 'length' | 'word'>;

/** How many registers (or coils) lie at the point's own address. */
export function registerCount(point: Shape): number {
  if (point.type === 'bit') return point.word === 'u32' ? 2 : 1;
  return point.type === 'text' ? (point.length ?? 1) : NUMBERS[point.type].words;
}

type Base = { readonly modbus: Pick<ModbusModel['modbus'], 'addressBase'> };

/** Address as sent on the wire, counted from 0. */
export const wireAddress = (model: Base, point: Pick<ModbusPoint, 'address'>): number =>
  point.address - model.modbus.addressBase;

export interface PointSpan {
  readonly area: ModbusPoint['area'];
  /** On the wire, counted from 0. */
  readonly address: number;
  readonly count: number;
}

/** Where the registers lie that {@link decodeRegisters} wants, one after the other: the point's own, then those of `plus`. */
export function pointSpans(model: Base, point: ModbusPoint): readonly PointSpan[] {
  return [point, ...(point.plus ?? [])].map((part) => ({
    area: point.area,
    address: wireAddress(model, part),
    count: registerCount(part),
  }));
}

/**
 * @param wordOrder the model's order; the point's own wins. It applies to numbers of more than one register. Single
 *   registers and text are big-endian (Modbus Application Protocol V1.1b3, 4.2) unless the point itself says BADC or DCBA.
 * @param registers in wire order, starting at the point's address; of a coil or discrete input 0 or 1.
 */
export function decodeRegisters(point: ModbusPoint, wordOrder: WordOrder, registers: readonly number[]): Decoded {
  const count = registerCount(point);
  const words = registers.slice(0, count);
  if (words.length < count) return bad('decode-error');
  const view = toBytes(words, orderOf(point, wordOrder), point.type === 'text');
  if (point.type === 'text') return decodeText(point, view);
  const raw = point.type === 'bit' ? readBits(point, view) : readNumber(point.type, view);
  // A digit above 9: the product does not speak BCD here.
  if (raw === null) return bad('decode-error');
  const own = convertRaw(point, raw);
  if (typeof own.value !== 'number' || (point.plus === undefined && point.transform === undefined)) return own;
  const terms = [own.value];
  let at = count;
  for (const part of point.plus ?? []) {
    const size = registerCount(part);
    const partWords = registers.slice(at, at + size);
    at += size;
    if (partWords.length < size) return bad('decode-error');
    terms.push(Number(readNumber(part.type, toBytes(partWords, orderOf(part, wordOrder), false))) * part.scale);
  }
  const value = terms.length === 1 ? own.value : sumOf(terms);
  return { ...own, value: point.transform === undefined ? value : TRANSFORM[point.transform].decode(value) };
}

/**
 * Registers that {@link decodeRegisters} reads as `value`, as a device would hold them: a number beyond the type's range
 * saturates, a counter begins again at its rollover; null becomes the first sentinel (NaN in a float). A bit of a register
 * comes as that register with only this field set; whoever holds several fields ORs them.
 * @throws RangeError when the point has no way to say the value (null without sentinel, a number missing in the map).
 */
export function encodeRegisters(point: ModbusPoint, wordOrder: WordOrder, value: number | string | null): number[] {
  const order = orderOf(point, wordOrder);
  if (point.type === 'text') {
    const view = new DataView(new ArrayBuffer(registerCount(point) * 2));
    writeText(view, value === null ? '' : textOf(point, value));
    return toWords(view, order, true);
  }
  if (value === null) {
    const rest = (point.plus ?? []).flatMap((part) => wordsOf(part.type, 0, orderOf(part, wordOrder)));
    return [...wordsOf(point, missing(point), order), ...rest];
  }
  const told = ownNumber(point, Number(value));
  const terms = split(point, told);
  const raw = rawOf(point, terms[0] ?? told);
  if (Number.isNaN(raw)) throw new RangeError(`${JSON.stringify(value)} is not a number`);
  const rest = (point.plus ?? []).flatMap((part, index) =>
    wordsOf(part.type, (terms[index + 1] ?? 0) / part.scale, orderOf(part, wordOrder)),
  );
  return [...wordsOf(point, raw, order), ...rest];
}

/** The number the product itself has: before its transform, and counted from its last rollover. */
function ownNumber({ transform, rollover }: ModbusPoint, value: number): number {
  const before = transform === undefined ? value : TRANSFORM[transform].encode(value);
  return rollover === undefined ? before : before - Math.floor(before / rollover) * rollover;
}

/** Shares of the value for each of its registers: as much as goes into the coarse ones, the rest into the finest. */
function split(point: ModbusPoint, value: number): number[] {
  const parts = point.plus ?? [];
  const terms: number[] = [];
  let rest = value;
  const steps = [{ type: point.type, scale: point.scale ?? 1 }, ...parts];
  for (const [index, { type, scale }] of steps.entries()) {
    const [low, high] = rawRange(type) ?? [0, 0];
    const whole = Math.min(high, Math.max(low, Math.floor(rest / scale + 1e-9)));
    const term = index === steps.length - 1 ? rest : whole * scale;
    terms.push(term);
    rest -= term;
  }
  return terms;
}

function wordsOf(shape: Shape['type'] | ModbusPoint, raw: number | bigint, order: WordOrder): number[] {
  const point = typeof shape === 'string' ? { type: shape } : shape;
  const view = new DataView(new ArrayBuffer(registerCount(point) * 2));
  if (point.type === 'bit') writeBits(point, view, Number(raw));
  else if (point.type !== 'text') writeNumber(point.type, view, raw);
  return toWords(view, order, false);
}

function orderOf(point: Shape & Pick<ModbusPoint, 'wordOrder'>, wordOrder: WordOrder): WordOrder {
  const single = point.type === 'text' || registerCount(point) === 1;
  return point.wordOrder ?? (single ? 'ABCD' : wordOrder);
}

const swapsBytes = (order: WordOrder): boolean => order === 'BADC' || order === 'DCBA';
const reversesWords = (order: WordOrder): boolean => order === 'CDAB' || order === 'DCBA';
const swap = (word: number): number => ((word & 0xff) << 8) | (word >> 8);

/** Bytes of the value, most significant first. Text keeps its words in place in every order. */
function toBytes(words: readonly number[], order: WordOrder, text: boolean): DataView {
  const view = new DataView(new ArrayBuffer(words.length * 2));
  const ordered = reversesWords(order) && !text ? words.toReversed() : words;
  ordered.forEach((word, index) => {
    view.setUint16(index * 2, swapsBytes(order) ? swap(word) : word);
  });
  return view;
}

function toWords(view: DataView, order: WordOrder, text: boolean): number[] {
  const words = Array.from({ length: view.byteLength / 2 }, (_, index) => view.getUint16(index * 2));
  const swapped = swapsBytes(order) ? words.map(swap) : words;
  return reversesWords(order) && !text ? swapped.reverse() : swapped;
}

type Field = Pick<ModbusPoint, 'type' | 'bit' | 'width' | 'word'>;
const readBits = ({ bit = 0, width = 1, word }: Field, view: DataView): number =>
  ((word === 'u32' ? view.getUint32(0) : view.getUint16(0)) >>> bit) & (2 ** width - 1);

function writeBits({ bit = 0, width = 1, word }: Field, view: DataView, raw: number): void {
  const field = Math.min(2 ** width - 1, Math.max(0, width === 1 ? Number(raw !== 0) : Math.round(raw)));
  if (word === 'u32') view.setUint32(0, (field << bit) >>> 0);
  else view.setUint16(0, field << bit);
}

/** @returns null when a digit of a BCD number is none. */
function readNumber(type: NumberType, view: DataView): number | bigint | null {
  switch (type) {
    case 'bcd16':
      return fromBcd(view.getUint16(0));
    case 'bcd32':
      return fromBcd(view.getUint32(0));
    case 'u16':
      return view.getUint16(0);
    case 's16':
      return view.getInt16(0);
    case 'u32':
      return view.getUint32(0);
    case 's32':
      return view.getInt32(0);
    // 64-bit integers stay exact for the comparison with sentinels such as 18446744073709551615.
    case 'u64':
      return view.getBigUint64(0);
    case 's64':
      return view.getBigInt64(0);
    case 'f32':
      return view.getFloat32(0);
    case 'f64':
      return view.getFloat64(0);
  }
}

function writeNumber(type: NumberType, view: DataView, raw: number | bigint): void {
  const { low, high, words } = NUMBERS[type];
  if (type === 'bcd16') view.setUint16(0, toBcd(clamp(Number(raw), low, high)));
  else if (type === 'bcd32') view.setUint32(0, toBcd(clamp(Number(raw), low, high)));
  else if (type === 'f32') view.setFloat32(0, Number(raw));
  else if (type === 'f64') view.setFloat64(0, Number(raw));
  else if (words === 4) view.setBigUint64(0, typeof raw === 'bigint' ? raw : BigInt(clamp(raw, low, high)));
  else if (words === 2) view.setUint32(0, clamp(Number(raw), low, high));
  else view.setUint16(0, clamp(Number(raw), low, high));
}

/** Decimal digits in nibbles: 0x1234 is 1234. */
function fromBcd(bits: number): number | null {
  const digits = bits.toString(16);
  return /^\d+$/.test(digits) ? Number(digits) : null;
}
const toBcd = (number: number): number => Number.parseInt(String(number), 16);

const clamp = (raw: number, low: number, high: number): number => Math.min(high, Math.max(low, Math.round(raw)));

function missing(point: ModbusPoint): number | bigint {
  const marker = Object.keys(point.sentinels ?? {})[0];
  if (marker !== undefined) return sentinelBounds(marker)[0];
  if (point.type === 'f32' || point.type === 'f64') return Number.NaN;
  throw new RangeError('the point has no sentinel, so it cannot say that there is no value');
}

function decodeText(point: ModbusPoint, view: DataView): Decoded {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(view);
    const end = text.indexOf('\0');
    return convertRaw(
      point,
      (end < 0 ? text : text.slice(0, end)).trim(),
      point.map === undefined ? 'text' : undefined,
    );
  } catch {
    return bad('decode-error');
  }
}

function textOf(point: ModbusPoint, value: number | string): string {
  if (point.map === undefined || typeof value === 'string') return String(value);
  const entry = Object.entries(point.map).find(([, mapped]) => mapped === value);
  if (entry === undefined) throw new RangeError(`no text of the map means ${value}`);
  return entry[0];
}

/** Cuts at whole characters, so that the device never holds half of one; the rest stays NUL. */
function writeText(view: DataView, text: string): void {
  new TextEncoder().encodeInto(text, new Uint8Array(view.buffer));
}
