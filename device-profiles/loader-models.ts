// Loads models, also those that are written as the difference to a sibling.
import type { Finding } from './lint/core/finding.ts';
import { finding, oneOf } from './lint/core/finding.ts';
import type { DeviceModel } from './schema/model.ts';
import type { Problem } from './schema/problem.ts';
import { formFaults, isVariant, layOver, parseMerged, type VariantFault } from './schema/variant.ts';
import { anyYaml, parseYamlFile } from './yaml-file.ts';

type Raw = Readonly<Record<string, unknown>>;

/** One file of a model, read but for what its base has to add. */
export interface ModelFile {
  readonly raw: unknown;
  /** As shown in messages. */
  readonly file: string;
  readonly root: string;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

export interface LoadedModel extends ModelFile {
  readonly value: DeviceModel;
  readonly problemsOf: (findings: readonly Finding[]) => Problem[];
}

/** @returns null when the file cannot be read as YAML; the reason goes to `problems`. */
export function readModelFile(path: string, file: string, root: string, problems: Problem[]): ModelFile | null {
  const parsed = parseYamlFile(path, anyYaml, file);
  if (!parsed.ok) {
    problems.push(...parsed.problems);
    return null;
  }
  const faults = formFaults(parsed.value);
  if (faults.length > 0) {
    problems.push(...faults.map(problemIn({ file, lineOf: parsed.lineOf })));
    return null;
  }
  return { raw: parsed.value, file, root, lineOf: parsed.lineOf };
}

/** Lays each variant over its base; a base may itself be a variant, in any order of files. */
export function resolveModels(files: readonly ModelFile[], problems: Problem[]): LoadedModel[] {
  const whole = new Map<string, Raw>();
  const loaded: LoadedModel[] = [];
  let waiting = [...files];
  for (;;) {
    const later: ModelFile[] = [];
    for (const file of waiting) {
      const raw = file.raw as Raw;
      const base = isVariant(raw) ? whole.get(String(raw.extends)) : undefined;
      if (isVariant(raw) && base === undefined) later.push(file);
      else if (base !== undefined && base['protocol'] !== 'modbus')
        problems.push(problemIn(file)(finding(['extends'], raw['extends'], 'a Modbus model')));
      else {
        const merged = base === undefined ? raw : layOver(base, raw);
        whole.set(String(merged['model']), merged);
        const parsed = parseMerged(merged);
        if (parsed.ok)
          loaded.push({ ...file, value: parsed.value, problemsOf: (findings) => findings.map(problemIn(file)) });
        else problems.push(...parsed.faults.map(problemIn(file)));
      }
    }
    if (later.length === waiting.length || later.length === 0) {
      problems.push(
        ...later.map((file) => {
          const wanted = String((file.raw as Raw)['extends']);
          return problemIn(file)(
            finding(['extends'], wanted, `a sound model other than itself: ${oneOf(whole.keys())}`),
          );
        }),
      );
      return loaded;
    }
    waiting = later;
  }
}

const problemIn =
  ({ file, lineOf }: Pick<ModelFile, 'file' | 'lineOf'>) =>
  ({ path, found, expected }: Finding | VariantFault): Problem => ({
    file,
    line: lineOf(path),
    field: path.join('.'),
    found,
    expected,
  });
