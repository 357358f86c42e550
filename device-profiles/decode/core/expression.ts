// The small language of derived points: numbers, names of points, + - * /, comparisons, and or not, min max pow. True is
// 1, false is 0, anything but 0 counts as true. Parsed by hand: nothing of a model's text is ever run as code.

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly callee: Callee; readonly args: readonly Expression[] };

const OPERATORS = {
  or: (a: number, b: number) => Number(a !== 0 || b !== 0),
  and: (a: number, b: number) => Number(a !== 0 && b !== 0),
  '<': (a: number, b: number) => Number(a < b),
  '<=': (a: number, b: number) => Number(a <= b),
  '>': (a: number, b: number) => Number(a > b),
  '>=': (a: number, b: number) => Number(a >= b),
  '==': (a: number, b: number) => Number(a === b),
  '!=': (a: number, b: number) => Number(a !== b),
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
} as const;
type Operator = keyof typeof OPERATORS;

type Callee = 'min' | 'max' | 'pow';
const FUNCTIONS: Readonly<Record<Callee, (...values: readonly number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  pow: (base = Number.NaN, exponent = Number.NaN) => base ** exponent,
};

/** Weakest first; each level is left-associative. */
const LEVELS: readonly (readonly Operator[])[] = [
  ['or'],
  ['and'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];

const MAX_LENGTH = 300;
const MAX_NODES = 100;
const MAX_DEPTH = 20;
const TOKEN = /\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?|[a-z][a-zA-Z0-9]*|<=|>=|==|!=|[-+*/<>(),])/y;

export class ExpressionError extends Error {}

/** @throws ExpressionError with what is wrong and where; never anything else, in time bounded by the length. */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;
  let nodes = 0;

  const fail = (expected: string): never => {
    throw new ExpressionError(`${tokens[at] === undefined ? 'the end' : `"${tokens[at]}"`} instead of ${expected}`);
  };
  const node = (made: Expression): Expression => {
    nodes++;
    if (nodes > MAX_NODES) throw new ExpressionError(`more than ${MAX_NODES} numbers, names and operators`);
    return made;
  };
  const take = (token: string): void => {
    if (tokens[at] !== token) fail(`"${token}"`);
    at++;
  };

  function level(index: number, depth: number): Expression {
    const operators = LEVELS[index];
    if (operators === undefined) return unary(depth);
    let left = level(index + 1, depth);
    for (;;) {
      const operator = operators.find((one) => one === tokens[at]);
      if (operator === undefined) return left;
      at++;
      left = node({ kind: 'binary', operator, left, right: level(index + 1, depth) });
    }
  }

  function unary(depth: number): Expression {
    if (depth > MAX_DEPTH) throw new ExpressionError(`nested deeper than ${MAX_DEPTH}`);
    const token = tokens[at];
    if (token === '-' || token === 'not') {
      at++;
      return node({ kind: 'unary', operator: token, operand: unary(depth + 1) });
    }
    return primary(depth);
  }

  function primary(depth: number): Expression {
    const token = tokens[at];
    if (token === '(') {
      at++;
      const inner = level(0, depth + 1);
      take(')');
      return inner;
    }
    if (token === undefined || !/^[a-z0-9]/.test(token) || token === 'and' || token === 'or')
      return fail('a number, a name or "("');
    at++;
    if (/^\d/.test(token)) return node({ kind: 'number', value: Number(token) });
    return isCallee(token) ? call(token, depth) : node({ kind: 'name', name: token });
  }

  function call(callee: Callee, depth: number): Expression {
    take('(');
    const args = [level(0, depth + 1)];
    while (tokens[at] === ',') {
      at++;
      args.push(level(0, depth + 1));
    }
    take(')');
    if (args.length < 2 || (callee === 'pow' && args.length > 2))
      throw new ExpressionError(
        `${callee} with ${args.length} values instead of ${callee === 'pow' ? '2' : '2 or more'}`,
      );
    return node({ kind: 'call', callee, args });
  }

  const parsed = level(0, 0);
  if (at < tokens.length) fail('an operator or the end');
  return parsed;
}

function tokensOf(text: string): string[] {
  if (text.length > MAX_LENGTH) throw new ExpressionError(`${text.length} characters instead of at most ${MAX_LENGTH}`);
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined)
      throw new ExpressionError(`"${text.slice(from).trim().slice(0, 12)}", which is no part of an expression`);
    tokens.push(token);
  }
  return tokens;
}

const isCallee = (name: string): name is Callee => Object.hasOwn(FUNCTIONS, name);

/** Every name the expression uses, each once. */
export function namesOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'name':
      return [expression.name];
    case 'unary':
      return namesOf(expression.operand);
    case 'binary':
      return [...new Set([...namesOf(expression.left), ...namesOf(expression.right)])];
    case 'call':
      return [...new Set(expression.args.flatMap(namesOf))];
  }
}

/** @param numberOf value of each name. @returns NaN or an infinity where arithmetic gives one (0 / 0). */
export function evaluate(expression: Expression, numberOf: (name: string) => number): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name':
      return numberOf(expression.name);
    case 'unary': {
      const value = evaluate(expression.operand, numberOf);
      return expression.operator === '-' ? -value : Number(value === 0);
    }
    case 'binary':
      return OPERATORS[expression.operator](evaluate(expression.left, numberOf), evaluate(expression.right, numberOf));
    case 'call':
      return FUNCTIONS[expression.callee](...expression.args.map((argument) => evaluate(argument, numberOf)));
  }
}
