// The models a device may be, best first, each with its reasons in plain words.
import { registerCount, type WordOrder } from '../../decode/core/registers.ts';
import type { EquipmentClass } from '../../schema/class.ts';
import { type ModbusModel, WORD_ORDERS } from '../../schema/model.ts';
import { type JudgedPoint, type Judgement, judge, type Verdict } from './judge.ts';
import { blocksOf, placesOf, SHIFTS, type Survey } from './survey.ts';

export interface Candidate {
  readonly model: ModbusModel;
  readonly wordOrder: WordOrder;
  /** False when no number of the model takes more than one register, or all of them are zero now. */
  readonly wordOrderShown: boolean;
  /** What to add to the model's wire addresses: 0, or one off. */
  readonly addressShift: number;
  readonly score: number;
  /** Whether the device may be taken for it without a second thought. */
  readonly fits: boolean;
  /** Other models with the same registers: only the type plate tells them apart. */
  readonly sameAs: readonly string[];
  readonly reasonsFor: readonly string[];
  readonly reasonsAgainst: readonly string[];
  readonly points: readonly JudgedPoint[];
}

/** Of the points, so many must answer with something believable. */
const FITTING_SHARE = 0.7;
const FITTING_SCORE = 1;
/** Settles ties in favour of what the maker prints. */
const AS_PRINTED = 0.05;

export function rank(
  models: Iterable<ModbusModel>,
  classes: ReadonlyMap<string, EquipmentClass>,
  seen: Survey,
): Candidate[] {
  const best = new Map<string, Candidate>();
  for (const model of models) {
    const candidate = bestOf(model, classes.get(model.class), seen);
    if (candidate === null) continue;
    const key = signatureOf(model);
    const twin = best.get(key);
    if (twin === undefined) best.set(key, candidate);
    else best.set(key, { ...twin, sameAs: [...twin.sameAs, model.model] });
  }
  return [...best.values()].sort((a, b) => b.score - a.score || a.model.model.localeCompare(b.model.model));
}

/** The model's best word order and counting; null when the device answered none of its registers. */
function bestOf(model: ModbusModel, subject: EquipmentClass | undefined, seen: Survey): Candidate | null {
  const wide = placesOf(model).some(([, place]) => isWide(place) && place.wordOrder === undefined);
  const orders = wide ? WORD_ORDERS : [model.modbus.wordOrder];
  let best: Candidate | null = null;
  for (const shift of SHIFTS) {
    if (!blocksOf(model).some(({ area, address }) => typeof seen.at(area, address + shift) === 'number')) continue;
    for (const wordOrder of orders) {
      const judgement = judge(model, subject, wordOrder, shift, seen);
      const printed = (wordOrder === model.modbus.wordOrder ? AS_PRINTED : 0) + (shift === 0 ? AS_PRINTED : 0);
      const score = Number((judgement.score + printed).toFixed(2));
      if (best === null || score > best.score) best = candidateOf(model, wordOrder, shift, score, judgement);
    }
  }
  return best;
}

function candidateOf(
  model: ModbusModel,
  wordOrder: WordOrder,
  addressShift: number,
  score: number,
  judgement: Judgement,
): Candidate {
  const { points } = judgement;
  const count = (...verdicts: readonly Verdict[]): number =>
    points.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const believable = count('plausible', 'nominal', 'zero', 'no-value');
  return {
    model,
    wordOrder,
    wordOrderShown: points.some(
      ({ place, verdict }) => isWide(place) && (verdict === 'plausible' || verdict === 'nominal'),
    ),
    addressShift,
    score,
    fits: believable >= FITTING_SHARE * points.length && score >= FITTING_SCORE,
    sameAs: [],
    reasonsFor: reasonsFor(judgement, count),
    reasonsAgainst: reasonsAgainst(model, wordOrder, addressShift, judgement),
    points,
  };
}

type Count = (...verdicts: readonly Verdict[]) => number;

function reasonsFor({ points, holes }: Judgement, count: Count): string[] {
  const reasons = [
    `${count('plausible', 'nominal')} of ${points.length} points show a value within the range of the class`,
  ];
  const nominal = points.filter(({ verdict }) => verdict === 'nominal');
  if (nominal.length > 0)
    reasons.push(
      `near a nominal value: ${listed(nominal.map(({ name, value, unit }) => `${name} ${shown(value)} ${unit}`))}`,
    );
  const texts = points.filter(({ verdict, value }) => verdict === 'plausible' && typeof value === 'string');
  if (texts.length > 0) reasons.push(`readable text: ${listed(texts.map(({ name, value }) => `${name} "${value}"`))}`);
  if (count('no-value') > 0) reasons.push(`${count('no-value')} points hold the model's own mark for "no value"`);
  if (count('zero') > 0) reasons.push(`${count('zero')} points are zero, which says little`);
  if (holes.refused > 0)
    reasons.push(
      `${holes.refused} of ${holes.asked} addresses that the model does not have are refused, as it should be`,
    );
  return reasons;
}

function reasonsAgainst(
  model: ModbusModel,
  wordOrder: WordOrder,
  addressShift: number,
  { points, holes, unexplained }: Judgement,
): string[] {
  const of = (verdict: Verdict): JudgedPoint[] => points.filter((point) => point.verdict === verdict);
  const reasons: string[] = [];
  if (wordOrder !== model.modbus.wordOrder)
    reasons.push(`the maker's word order is ${model.modbus.wordOrder}, the device speaks ${wordOrder}`);
  if (addressShift !== 0)
    reasons.push(`every address lies ${addressShift > 0 ? 'one above' : 'one below'} the model's`);
  const [implausible, refused, unread] = [of('implausible'), of('refused'), of('unread')];
  if (implausible.length > 0)
    reasons.push(
      `${implausible.length} points cannot be right: ${listed(implausible.map(({ name, value }) => `${name} ${shown(value)}`))}`,
    );
  if (refused.length > 0)
    reasons.push(`${refused.length} points are refused by the device: ${listed(refused.map(({ name }) => name))}`);
  if (unread.length > 0) reasons.push(`${unread.length} points were not read`);
  if (holes.asked > holes.refused)
    reasons.push(`${holes.asked - holes.refused} addresses that the model does not have are answered`);
  if (unexplained > 0) reasons.push(`${unexplained} registers with content are not in the model`);
  return reasons;
}

const MOST_LISTED = 4;
const listed = (items: readonly string[]): string =>
  items.slice(0, MOST_LISTED).join(', ') +
  (items.length > MOST_LISTED ? `, and ${items.length - MOST_LISTED} more` : '');

/** A number as a person reads it. */
export const shown = (value: number | string | null): string =>
  typeof value === 'number' ? numberText(value) : value === null ? 'unreadable' : `"${value}"`;

const numberText = (value: number): string =>
  Math.abs(value) >= 1e9 ? value.toExponential(3) : String(Number(value.toPrecision(5)));

export const isWide = (place: JudgedPoint['place']): boolean =>
  place.type !== 'text' && place.type !== 'bit' && registerCount(place) > 1;

const signatureOf = (model: ModbusModel): string =>
  JSON.stringify([model.class, model.modbus.addressBase, model.modbus.wordOrder, model.points, model.inputs]);
