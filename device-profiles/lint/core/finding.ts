// What a semantic check found wrong, still without file and line.

export interface Finding {
  /** Way to the field from the top of the document. */
  readonly path: readonly (string | number)[];
  readonly found: string;
  readonly expected: string;
}

export const finding = (path: Finding['path'], found: unknown, expected: string): Finding => ({
  path,
  found: typeof found === 'string' ? found : (JSON.stringify(found) ?? 'nothing'),
  expected,
});

/** `a, b or c`, shortened: enough to see one's own typing error. */
export function oneOf(names: Iterable<string>): string {
  const list = [...names];
  return list.length > 12 ? `one of ${list.slice(0, 12).join(', ')}, ...` : `one of ${list.join(', ')}`;
}
