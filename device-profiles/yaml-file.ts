// Reads a YAML file against a zod schema and reports every fault with its line: used for profiles, gateway and
// building files alike, so that a person meets one form of message everywhere.
import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { faultsOf } from './schema/issue.ts';
import type { Problem } from './schema/problem.ts';

export type Parsed<T> =
  | { ok: true; value: T; lineOf: (path: readonly PropertyKey[]) => number }
  | { ok: false; problems: Problem[] };

/** Any YAML: for files whose form depends on what stands in them. */
export const anyYaml = z.unknown();

/** Parses the text of one YAML file; `file` is only used in messages. Never throws on bad content. */
export function parseYamlText<S extends z.ZodType>(text: string, file: string, schema: S): Parsed<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // Only the first syntax error: those behind it are its echo.
  const [error] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (error !== undefined) {
    const found = error.message.split('\n')[0] ?? error.message;
    return {
      ok: false,
      problems: [{ file, line: lines.linePos(error.pos[0]).line, field: '', found, expected: 'YAML 1.2' }],
    };
  }
  const lineOf = (path: readonly PropertyKey[]): number => lineOfPath(document, lines, path);
  const raw: unknown = document.toJS();
  const result = schema.safeParse(raw);
  if (result.success) return { ok: true, value: result.data, lineOf };
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, raw));
  const problems = faults.map(({ path, found, expected }) => ({
    file,
    line: lineOf(path),
    field: path.join('.'),
    found,
    expected,
  }));
  return { ok: false, problems };
}

/** As {@link parseYamlText} for a path; an unreadable file is a problem of line 0. */
export function parseYamlFile<S extends z.ZodType>(path: string, schema: S, shownAs = path): Parsed<z.output<S>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { ok: false, problems: [{ file: shownAs, line: 0, field: '', found, expected: 'a readable YAML file' }] };
  }
  return parseYamlText(text, shownAs, schema);
}

/** Line of the deepest node on the path that exists. */
function lineOfPath(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
