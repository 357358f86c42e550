// How well what a device answered fits one model in one word order and counting of addresses.
import { decodeRegisters, pointSpans, registerCount, type WordOrder } from '../../decode/core/registers.ts';
import type { EquipmentClass, Point } from '../../schema/class.ts';
import type { ModbusModel, ModbusPoint } from '../../schema/model.ts';
import { holesOf, placesOf, type Survey } from './survey.ts';

export type Verdict = 'plausible' | 'nominal' | 'zero' | 'no-value' | 'implausible' | 'refused' | 'unread';

export interface JudgedPoint {
  readonly name: string;
  readonly place: ModbusPoint;
  readonly address: number;
  readonly words: readonly number[];
  readonly verdict: Verdict;
  readonly value: number | string | null;
  readonly unit: string | undefined;
}

export interface Judgement {
  readonly points: readonly JudgedPoint[];
  readonly holes: { readonly refused: number; readonly asked: number };
  /** Registers that the device filled with something and the model does not name. */
  readonly unexplained: number;
  /** Evidence for, minus evidence against; comparable between models on one device. */
  readonly score: number;
}

const WEIGHT: Readonly<Record<Exclude<Verdict, 'plausible' | 'nominal'>, number>> = {
  // Zero is what an idle machine shows, and what a device without the register may show too.
  zero: 0.1,
  'no-value': 0.3,
  implausible: -1.5,
  refused: -1,
  unread: -1,
};
const NOMINAL = 2;
const HOLE = 0.3;
const UNEXPLAINED = 0.2;
/** A float of the wrong word order is mostly a number that no sensor resolves. */
const LEAST_FLOAT = 1e-6;
const MOST_COUNTED = 1e9;

export function judge(
  model: ModbusModel,
  subject: EquipmentClass | undefined,
  wordOrder: WordOrder,
  shift: number,
  seen: Survey,
): Judgement {
  const named = new Set<string>();
  const points = placesOf(model).map(([name, place]): JudgedPoint => {
    const words: number[] = [];
    let missing: 'refused' | 'unread' | undefined;
    for (const { area, address, count } of pointSpans(model, place))
      for (let at = address + shift; at < address + shift + count; at++) {
        named.add(`${area} ${at}`);
        const word = seen.at(area, at);
        if (typeof word === 'number') words.push(word);
        else if (missing !== 'refused') missing = word;
      }
    const point = subject?.points[name];
    const address = place.address - model.modbus.addressBase + shift;
    const shown = { name, place, address, words, unit: point?.unit };
    if (missing !== undefined) return { ...shown, verdict: missing, value: null };
    const { value, quality } = decodeRegisters(place, wordOrder, words);
    if (value === null) return { ...shown, value, verdict: quality === 'decode-error' ? 'implausible' : 'no-value' };
    return { ...shown, value, verdict: verdictOf(point, place, value, words) };
  });
  const holes = holesOf(model).map(({ area, address }) => seen.at(area, address + shift));
  const refused = holes.filter((hole) => hole === 'refused').length;
  const unexplained = unexplainedBy(named, seen);
  const score = points.reduce((sum, point) => sum + weightOf(point), 0) + refused * HOLE - unexplained * UNEXPLAINED;
  return { points, holes: { refused, asked: holes.filter((hole) => hole !== 'unread').length }, unexplained, score };
}

function verdictOf(
  point: Point | undefined,
  place: ModbusPoint,
  value: number | string,
  words: readonly number[],
): Verdict {
  const zero = words.every((word) => word === 0);
  if (typeof value === 'string')
    return zero || value === '' ? 'zero' : isPrintable(value) ? 'plausible' : 'implausible';
  if (point?.values !== undefined && !Object.hasOwn(point.values, String(value))) return 'implausible';
  if (zero) return 'zero';
  const isFloat = place.type === 'f32' || place.type === 'f64';
  if (isFloat && value !== 0 && Math.abs(value) < LEAST_FLOAT * Math.abs(place.scale ?? 1)) return 'implausible';
  const [low, high] = point?.range ?? [point?.kind === 'counter' ? 0 : -MOST_COUNTED, MOST_COUNTED];
  if (value < low || value > high) return 'implausible';
  return isNominal(point?.unit, value) ? 'nominal' : 'plausible';
}

const isPrintable = (text: string): boolean => /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}]+$/u.test(text);

/** Mains frequency, and the voltage between phase and neutral or between phases of a building's network (IEC 60038). */
function isNominal(unit: string | undefined, value: number): boolean {
  if (unit === 'Hz') return Math.abs(value - 50) <= 1 || Math.abs(value - 60) <= 1;
  return unit === 'V' && (Math.abs(value - 230) <= 30 || Math.abs(value - 400) <= 40);
}

function weightOf({ verdict, place }: JudgedPoint): number {
  if (verdict !== 'plausible' && verdict !== 'nominal') return WEIGHT[verdict];
  // A bit is plausible whatever it is; many bits in one number agree by chance less easily.
  const own = place.type === 'bit' ? 0.1 : registerCount(place) > 1 ? 1 : 0.5;
  return verdict === 'nominal' ? own + NOMINAL : own;
}

function unexplainedBy(named: ReadonlySet<string>, seen: Survey): number {
  const unexplained = new Set<string>();
  for (const { block, answer } of seen.reads) {
    if (!('words' in answer)) continue;
    for (const [offset, word] of answer.words.entries()) {
      const key = `${block.area} ${block.address + offset}`;
      if (word !== 0 && !named.has(key)) unexplained.add(key);
    }
  }
  return unexplained.size;
}
