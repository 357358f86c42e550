// Says in a person's words what zod found wrong: which field, what stands there, what is expected.
import type { z } from 'zod';

export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly expected: string;
}

/** @param raw the value that was parsed, to show what stands in the field. */
export function faultsOf(issue: z.core.$ZodIssue, raw: unknown): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      found: 'an unknown field',
      expected: 'no such field',
    }));
  if (issue.code === 'invalid_key')
    return [
      {
        path: issue.path,
        found: `the name ${show(issue.path.at(-1))}`,
        expected: issue.issues.map(expectation).join(', '),
      },
    ];
  const found = issue.path.reduce<unknown>((value, key) => (isRecord(value) ? value[String(key)] : undefined), raw);
  return [{ path: issue.path, found: show(found), expected: expectation(issue) }];
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String));
  if (issue.code === 'invalid_union') {
    const alternatives = issue.errors.map((issues) => issues.map(expectation).join(' and '));
    if (alternatives.length > 0) return [...new Set(alternatives)].join(' or ');
    return issue.message
      .replace(/^.*Expected '/, "one of '")
      .replaceAll("'", '')
      .replaceAll(' | ', ', ');
  }
  return issue.message.replace(/^(Invalid input|Too small|Too big): expected /, '').replace(/, received .*$/, '');
}

const oneOf = (options: readonly string[]): string =>
  options.length === 1 ? String(options[0]) : `one of ${options.join(', ')}`;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
