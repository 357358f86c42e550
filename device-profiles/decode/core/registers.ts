// Modbus registers to a point's value and back. One codec for gateway, linter and simulators; the shipped models'
// examples come from the makers' manuals, so that a wrong byte order cannot agree with itself.
import type { ModbusModel, ModbusPoint, WORD_ORDERS } from '../../schema/model.ts';
import { bad, convertRaw, type Decoded, rawOf } from './conversion.ts';

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
};

/** Smallest and largest raw number of a type; null for text. */
export function rawRange(type: ModbusPoint['type']): readonly [number, number] | null {
  if (type === 'text') return null;
  return type === 'bit' ? [0, 1] : [NUMBERS[type].low, NUMBERS[type].high];
}

/** How many registers (or coils) the point takes. */
export function registerCount(point: Pick<ModbusPoint, 'type' | 'length'>): number {
  if (point.type === 'bit') return 1;
  return point.type === 'text' ? (point.length ?? 1) : NUMBERS[point.type].words;
}

/** Address as sent on the wire, counted from 0. */
export const wireAddress = (
  model: { readonly modbus: Pick<ModbusModel['modbus'], 'addressBase'> },
  point: Pick<ModbusPoint, 'address'>,
): number => point.address - model.modbus.addressBase;

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
  return convertRaw(
    point,
    point.type === 'bit' ? (view.getUint16(0) >> (point.bit ?? 0)) & 1 : readNumber(point.type, view),
  );
}

/**
 * Registers that {@link decodeRegisters} reads as `value`, as a device would hold them: a number beyond the type's range
 * saturates; null becomes the first sentinel (NaN in a float). A bit of a register comes as that register with only
 * this bit set; whoever holds several bits ORs them.
 * @throws RangeError when the point has no way to say the value (null without sentinel, a number missing in the map).
 */
export function encodeRegisters(point: ModbusPoint, wordOrder: WordOrder, value: number | string | null): number[] {
  const view = new DataView(new ArrayBuffer(registerCount(point) * 2));
  const text = point.type === 'text';
  if (point.type === 'text') writeText(view, value === null ? '' : textOf(point, value));
  else {
    const raw = value === null ? missing(point) : rawOf(point, Number(value));
    if (value !== null && Number.isNaN(raw)) throw new RangeError(`${JSON.stringify(value)} is not a number`);
    if (point.type === 'bit') view.setUint16(0, (raw === 0 ? 0 : 1) << (point.bit ?? 0));
    else writeNumber(point.type, view, raw);
  }
  return toWords(view, orderOf(point, wordOrder), text);
}

function orderOf(point: ModbusPoint, wordOrder: WordOrder): WordOrder {
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

function readNumber(type: NumberType, view: DataView): number | bigint {
  switch (type) {
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
  if (type === 'f32') view.setFloat32(0, Number(raw));
  else if (type === 'f64') view.setFloat64(0, Number(raw));
  else if (words === 4) view.setBigUint64(0, typeof raw === 'bigint' ? raw : BigInt(clamp(raw, low, high)));
  else if (words === 2) view.setUint32(0, clamp(Number(raw), low, high));
  else view.setUint16(0, clamp(Number(raw), low, high));
}

const clamp = (raw: number, low: number, high: number): number => Math.min(high, Math.max(low, Math.round(raw)));

function missing(point: ModbusPoint): number | bigint {
  const marker = Object.keys(point.sentinels ?? {})[0];
  if (marker !== undefined) return BigInt(marker);
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
