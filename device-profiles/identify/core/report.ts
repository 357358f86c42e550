// The outcome as text for a terminal of 100 columns.
import { WORD_ORDERS } from '../../schema/model.ts';
import { type Decoding, decodingsOf, decodingsOfPairs, isBelievable } from './decodings.ts';
import { type Candidate, shown } from './rank.ts';
import type { Survey } from './survey.ts';

const WIDTH = 100;
const MOST_CANDIDATES = 3;
const MOST_ROWS = 24;

export function report(where: string, candidates: readonly Candidate[], seen: Survey): string {
  const answered = seen.reads.filter(({ answer }) => 'words' in answer).length;
  const head = `${where}: ${answered} of ${seen.reads.length} reads answered`;
  const [first, ...others] = candidates;
  const fitting = first?.fits === true ? first : undefined;
  const rows = fitting === undefined ? decodingsOfPairs(seen) : decodingsOf(fitting);
  const lines = [head, ''];
  if (fitting === undefined) {
    lines.push('No model of the library fits this device.');
    if (first !== undefined) lines.push('The nearest, which should not be used as it is:');
    lines.push(...[first, ...others].slice(0, 1).flatMap((one) => (one === undefined ? [] : describe(one, 1))));
  } else {
    lines.push(...describe(fitting, 1), ...advice(fitting));
    const rivals = others.filter(({ score }) => score > 0).slice(0, MOST_CANDIDATES - 1);
    for (const [index, other] of rivals.entries()) lines.push(...describe(other, index + 2));
  }
  if (rows.length > 0) lines.push('', 'Word orders side by side (* = a value that a device may show):', ...table(rows));
  return lines.flatMap(wrap).join('\n');
}

function describe(one: Candidate, place: number): string[] {
  const { model, wordOrder, wordOrderShown, sameAs, score } = one;
  return [
    `${place}. ${model.model}   ${model.label.en} / ${model.label.zh}`,
    `   class ${model.class}, word order ${wordOrder}${wordOrderShown ? '' : ' (not provable now)'}, score ${score}, proof ${model.proof}`,
    ...(sameAs.length === 0 ? [] : [`   the same registers have ${sameAs.join(', ')}: compare the type plate`]),
    ...one.reasonsFor.map((reason) => `   + ${reason}`),
    ...one.reasonsAgainst.map((reason) => `   - ${reason}`),
  ];
}

/** What to write where the device is not set as the maker ships it. */
function advice({ model, wordOrder, addressShift }: Candidate): string[] {
  if (addressShift !== 0)
    return ['   Copy the model under a name of your own and move its addresses by one: docs/how-to/add-a-model.md'];
  if (wordOrder === model.modbus.wordOrder) return [`   In gateway.yaml: model: ${model.model}`];
  return [`   In a model of your own: extends: ${model.model}, modbus: { wordOrder: ${wordOrder} }`];
}

function table(rows: readonly Decoding[]): string[] {
  const head = `  ${'point'.padEnd(18)}${'address'.padEnd(17)}${'type'.padEnd(5)}`;
  const cell = (text: string): string => text.padStart(14);
  const lines = rows.slice(0, MOST_ROWS).map(({ name = '-', area, address, type, values }) => {
    const place = `${area} 0x${address.toString(16).padStart(4, '0')}`;
    const numbers = WORD_ORDERS.map((order) => {
      const value = values[order];
      const mark = isBelievable(value, type) ? '*' : '';
      return cell(value === null ? '-' : `${mark}${shown(value)}`);
    });
    return `  ${name.slice(0, 17).padEnd(18)}${place.padEnd(17)}${type.padEnd(5)}${numbers.join('')}`;
  });
  const rest = rows.length - MOST_ROWS;
  return [
    head + WORD_ORDERS.map(cell).join(''),
    ...lines,
    ...(rest > 0 ? [`  and ${rest} more (--json shows all)`] : []),
  ];
}

/** Breaks between words; a continued line is indented below its text. */
function wrap(line: string): string[] {
  if (line.length <= WIDTH) return [line];
  const cut = line.lastIndexOf(' ', WIDTH);
  if (cut < 8) return [line];
  return [line.slice(0, cut), ...wrap(`     ${line.slice(cut + 1)}`)];
}
