// What the same registers mean in each of the four word orders, side by side: the eye finds the right one.
import { decodeRegisters, type WordOrder } from '../../decode/core/registers.ts';
import { type ModbusPoint, WORD_ORDERS } from '../../schema/model.ts';
import { type Candidate, isWide } from './rank.ts';
import type { Survey } from './survey.ts';

export interface Decoding {
  /** Point of the model; absent where no model is known. */
  readonly name?: string;
  readonly area: ModbusPoint['area'];
  /** On the wire, counted from 0. */
  readonly address: number;
  readonly type: ModbusPoint['type'];
  readonly words: readonly number[];
  /** Value in each word order; null where the bits are no value. */
  readonly values: Readonly<Record<WordOrder, number | null>>;
}

/** The candidate's points of more than one register that were answered with more than zeros. */
export function decodingsOf({ points }: Candidate): Decoding[] {
  return points
    .filter(
      ({ place, words, verdict }) =>
        isWide(place) && verdict !== 'refused' && verdict !== 'unread' && hasContent(words),
    )
    .map(({ name, place, address, words }) => ({
      name,
      area: place.area,
      address,
      type: place.type,
      words,
      values: inEveryOrder(place, words),
    }));
}

/** Every pair of answered registers as a float and as a whole number, where at least one order gives something believable. */
export function decodingsOfPairs(seen: Survey): Decoding[] {
  const rows = new Map<string, Decoding>();
  for (const { block, answer } of seen.reads) {
    const { area } = block;
    if (!('words' in answer) || (area !== 'holding' && area !== 'input')) continue;
    for (let offset = 0; offset + 1 < answer.words.length; offset++) {
      const words = answer.words.slice(offset, offset + 2);
      if (!hasContent(words)) continue;
      for (const type of ['f32', 's32'] as const) {
        const address = block.address + offset;
        const values = inEveryOrder({ area, address, type }, words);
        if (WORD_ORDERS.some((order) => isBelievable(values[order], type)))
          rows.set(`${area} ${address} ${type}`, { area, address, type, words, values });
      }
    }
  }
  return [...rows.values()].sort((a, b) => a.area.localeCompare(b.area) || a.address - b.address);
}

function inEveryOrder(place: ModbusPoint, words: readonly number[]): Record<WordOrder, number | null> {
  const { wordOrder: _, ...free } = place;
  const at = (order: WordOrder): number | null => {
    const { value } = decodeRegisters(free, order, words);
    return typeof value === 'number' ? value : null;
  };
  return { ABCD: at('ABCD'), CDAB: at('CDAB'), BADC: at('BADC'), DCBA: at('DCBA') };
}

/** Numbers that measuring devices show; a float of the wrong order is mostly tiny or huge. */
export function isBelievable(value: number | null, type: ModbusPoint['type']): boolean {
  if (value === null) return false;
  const size = Math.abs(value);
  if (type === 'f32' || type === 'f64') return size >= 1e-3 && size <= 1e7;
  return size >= 1 && size <= 1e7;
}

const hasContent = (words: readonly number[]): boolean => words.some((word) => word !== 0);
