// Derived points of a model: expressions that can be read, operands that exist, and inputs from which a simulated device
// gives the point back.
import { derivationsOf, derive, shownIn } from '../../decode/core/derived.ts';
import { ExpressionError, namesOf, parseExpression } from '../../decode/core/expression.ts';
import type { EquipmentClass, Point } from '../../schema/class.ts';
import { type DeviceModel, type ModbusModel, pointNames } from '../../schema/model.ts';
import { type Finding, finding, oneOf } from './finding.ts';

/** What can be told without the class. */
export function lintDerived(model: ModbusModel): Finding[] {
  const places = [...Object.keys(model.inputs), ...Object.keys(model.points)];
  const used = new Set<string>();
  const expressions = Object.entries(model.derived).flatMap(([name, text]) => {
    const names = readNames(text);
    if (typeof names === 'string') return [finding(['derived', name], names, 'an expression')];
    for (const operand of names) used.add(operand);
    const unknown = names.find((operand) => !places.includes(operand));
    if (unknown !== undefined)
      return [finding(['derived', name], unknown, `an input or point of the model: ${oneOf(places)}`)];
    return names.length === 0 ? [finding(['derived', name], text, 'an expression over inputs or points')] : [];
  });
  const twice = Object.keys(model.derived).filter((name) => Object.hasOwn(model.points, name));
  const inputs = Object.entries(model.inputs).flatMap(([name, { shows }]) => {
    const path = ['inputs', name];
    if (Object.hasOwn(model.points, name)) return [finding(path, name, 'a name that no point of the model has')];
    if (!used.has(name))
      return [finding(path, 'an input that nothing is derived from', 'a derived point that uses it')];
    const names = shows === undefined ? [] : readNames(shows);
    if (typeof names === 'string') return [finding([...path, 'shows'], names, 'an expression')];
    const unknown = names.find((point) => !pointNames(model).includes(point));
    if (unknown === undefined) return [];
    return [finding([...path, 'shows'], unknown, `a point the model delivers: ${oneOf(pointNames(model))}`)];
  });
  return [
    ...expressions,
    ...twice.map((name) => finding(['derived', name], name, 'a point mapped or derived, not both')),
    ...inputs,
  ];
}

function readNames(text: string): string[] | string {
  try {
    return namesOf(parseExpression(text));
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

/** What only the class can tell. */
export function lintDerivedPoints(model: DeviceModel, subject: EquipmentClass): Finding[] {
  if (model.protocol !== 'modbus') return [];
  return Object.keys(model.derived).flatMap((name) => {
    const path = ['derived', name];
    const point = Object.hasOwn(subject.points, name) && name !== 'comm' ? subject.points[name] : undefined;
    if (point === undefined)
      return [finding(path, name, `a point of the class ${model.class}: ${oneOf(Object.keys(subject.points))}`)];
    if (point.kind === 'text') return [finding(path, 'an expression', 'no expression for a text')];
    return lintDerived(model).length > 0 ? [] : lintShown(model, name, subject);
  });
}

/** The simulated device must show inputs from which the expression gives the point's value. */
function lintShown(model: ModbusModel, name: string, subject: EquipmentClass): Finding[] {
  const derivation = derivationsOf(model).find(({ point }) => point === name);
  const onlyInputs = derivation?.operands.every((operand) => Object.hasOwn(model.inputs, operand.name));
  if (derivation === undefined || onlyInputs !== true) return [];
  for (const share of [0, 0.4, 1]) {
    const sampleOf = (point: string): number => sample(subject.points[point], share);
    const wanted = sampleOf(name);
    const { value } = derive(derivation, (input) => ({ value: shownIn(model, input, sampleOf), quality: 'good' }));
    if (typeof value !== 'number' || Math.abs(value - wanted) > 1e-6 * Math.max(1, Math.abs(wanted)))
      return [
        finding(
          ['derived', name],
          `${value} from what the inputs show for ${wanted}`,
          'the same value; say in each input what it shows',
        ),
      ];
  }
  return [];
}

/** A possible value of the point, the lowest for share 0 and the highest for share 1. */
function sample(point: Point | undefined, share: number): number {
  if (point?.values !== undefined) {
    const numbers = Object.keys(point.values)
      .map(Number)
      .sort((a, b) => a - b);
    return numbers[Math.round(share * (numbers.length - 1))] ?? 0;
  }
  const [low, high] = point?.range ?? [0, 10_000];
  return low + share * (high - low);
}
