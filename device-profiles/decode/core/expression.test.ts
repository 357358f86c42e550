// The language means what it says, and no text makes the parser do anything but parse or refuse.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expression, ExpressionError, evaluate, namesOf, parseExpression } from './expression.ts';

const numberOf = (text: string, values: Readonly<Record<string, number>> = {}): number =>
  evaluate(parseExpression(text), (name) => values[name] ?? Number.NaN);

describe('expressions', () => {
  it.each<[string, number]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 - 4 - 2', 2],
    ['16 / 4 / 2', 2],
    ['-a * -2', 6],
    ['not a', 0],
    ['not a == 3', 0],
    ['a > 2 and b <= 1.5', 1],
    ['a < 2 or b != 1.5', 0],
    ['min(a, b, 7)', 1.5],
    ['max(a, 2 * b)', 3],
    ['a * pow(10, -2)', 0.03],
    ['2.5e3', 2500],
    ['hours * 65536 + 1', 131_073],
  ])('%s is %d', (text, value) => {
    expect(numberOf(text, { a: 3, b: 1.5, hours: 2 })).toBe(value);
  });

  it.each<[string, string]>([
    ['', 'the end instead of a number'],
    ['1 +', 'the end instead of a number'],
    ['(a', 'the end instead of ")"'],
    ['a b', '"b" instead of an operator'],
    ['a.constructor', '".constructo'],
    ['a[0]', '"[0]"'],
    ['process(1, 2)', '"(" instead of an operator'],
    ['min(a)', 'min with 1 values'],
    ['pow(a, b, 1)', 'pow with 3 values'],
    ['min', 'the end instead of "("'],
    ['and', '"and" instead of a number'],
    ['a = b', '"= b"'],
    [`${'('.repeat(30)}a${')'.repeat(30)}`, 'nested deeper'],
    [`a${'+a'.repeat(120)}`, 'more than 100'],
    [' '.repeat(301), '301 characters'],
  ])('refuses %j', (text, message) => {
    expect(() => parseExpression(text)).toThrow(ExpressionError);
    expect(() => parseExpression(text)).toThrow(message);
  });

  it('names each name once', () => {
    expect(namesOf(parseExpression('max(a, b) + a * not c'))).toEqual(['a', 'b', 'c']);
  });

  it('reads back what it is shown in full brackets, and gives the same number', () => {
    const tree = fc.letrec<{ node: Expression }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        fc.record({ kind: fc.constant('number' as const), value: fc.integer({ min: 0, max: 999 }) }),
        fc.record({ kind: fc.constant('name' as const), name: fc.constantFrom('a', 'bB', 'c3') }),
        fc.record({
          kind: fc.constant('unary' as const),
          operator: fc.constantFrom('-' as const, 'not' as const),
          operand: tie('node'),
        }),
        fc.record({
          kind: fc.constant('binary' as const),
          operator: fc.constantFrom('+', '-', '*', '/', '<', '<=', '>', '>=', '==', '!=', 'and', 'or'),
          left: tie('node'),
          right: tie('node'),
        }),
      ),
    })).node;
    const show = (expression: Expression): string => {
      switch (expression.kind) {
        case 'number':
          return String(expression.value);
        case 'name':
          return expression.name;
        case 'unary':
          return `(${expression.operator} ${show(expression.operand)})`;
        case 'binary':
          return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
        case 'call':
          return `${expression.callee}(${expression.args.map(show).join(', ')})`;
      }
    };
    fc.assert(
      fc.property(tree, (expression) => {
        const text = show(expression);
        fc.pre(text.length <= 300);
        expect(parseExpression(text)).toEqual(expression);
        const value = (name: string): number => name.length;
        expect(evaluate(parseExpression(text), value)).toBe(evaluate(expression, value));
      }),
    );
  });

  it('parses or refuses any text', () => {
    const words = fc.array(fc.constantFrom('a', '1', '+', '(', ')', 'min', ',', 'not', '==', ' ', '.', 'e', '-'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          words.map((list) => list.join('')),
        ),
        (text) => {
          try {
            expect(typeof evaluate(parseExpression(text), () => 1)).toBe('number');
          } catch (error) {
            expect(error).toBeInstanceOf(ExpressionError);
          }
        },
      ),
    );
  });
});
