// Points that a model derives from its registers: what they need, and their value from what was read.
import type { ModbusModel, ModbusPoint } from '../../schema/model.ts';
import { bad, type Decoded } from './conversion.ts';
import { type Expression, ExpressionError, evaluate, namesOf, parseExpression } from './expression.ts';

export interface Derivation {
  /** The point of the class. */
  readonly point: string;
  readonly expression: Expression;
  /** Every register place the expression names, from `inputs` or `points`. */
  readonly operands: readonly { readonly name: string; readonly place: ModbusPoint }[];
}

/** @throws ExpressionError when an expression is none or names what the model does not have; the linter says so before. */
export function derivationsOf(model: Pick<ModbusModel, 'points' | 'inputs' | 'derived'>): Derivation[] {
  return Object.entries(model.derived).map(([point, text]) => {
    const expression = parseExpression(text);
    const operands = namesOf(expression).map((name) => {
      const place = placeOf(model, name);
      if (place === undefined) throw new ExpressionError(`"${name}", which is no input or point of the model`);
      return { name, place };
    });
    return { point, expression, operands };
  });
}

function placeOf({ points, inputs }: Pick<ModbusModel, 'points' | 'inputs'>, name: string): ModbusPoint | undefined {
  if (Object.hasOwn(inputs, name)) return inputs[name];
  return Object.hasOwn(points, name) ? points[name] : undefined;
}

/** A derived point is as bad as the first bad register place it needs; a number that is none is a `decode-error`. */
export function derive(derivation: Derivation, decodedOf: (name: string) => Decoded): Decoded {
  const values = new Map<string, number>();
  for (const { name } of derivation.operands) {
    const { value, quality } = decodedOf(name);
    if (quality !== 'good') return bad(quality);
    if (typeof value !== 'number') return bad('decode-error');
    values.set(name, value);
  }
  const value = evaluate(derivation.expression, (name) => values.get(name) ?? Number.NaN);
  return Number.isFinite(value) ? { value: value + 0, quality: 'good' } : bad('decode-error');
}

/**
 * What a simulated device shows in an input: its `shows`, else the point that is derived from it.
 * @param numberOf value of a point of the class; null: its sensor delivers nothing.
 */
export function shownIn(
  model: Pick<ModbusModel, 'inputs' | 'derived' | 'points'>,
  input: string,
  numberOf: (point: string) => number | null,
): number | null {
  const shows = model.inputs[input]?.shows;
  if (shows === undefined) {
    const user = derivationsOf(model).find(({ operands }) => operands.some(({ name }) => name === input));
    return user === undefined ? null : numberOf(user.point);
  }
  const expression = parseExpression(shows);
  const values = new Map(namesOf(expression).map((name) => [name, numberOf(name)]));
  if ([...values.values()].includes(null)) return null;
  return evaluate(expression, (name) => values.get(name) ?? Number.NaN);
}
