// Loads every class and model of a library folder, or says line by line why it cannot.
import { readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { z } from 'zod';
import { lintAlarms } from './lint/core/class-alarms.ts';
import { lintPoints } from './lint/core/class-points.ts';
import { type Finding, finding, oneOf } from './lint/core/finding.ts';
import { lintModel } from './lint/core/model.ts';
import { type LoadedModel, type ModelFile, readModelFile, resolveModels } from './loader-models.ts';
import { type EquipmentClass, equipmentClass } from './schema/class.ts';
import type { DeviceModel } from './schema/model.ts';
import { ConfigurationError, type Problem } from './schema/problem.ts';
import { siteClass } from './schema/site-class.ts';
import { parseYamlFile } from './yaml-file.ts';

/** The library that ships with the product. */
export const LIBRARY_DIR = import.meta.dirname;

export interface LoadedLibrary {
  readonly classes: ReadonlyMap<string, EquipmentClass>;
  readonly models: ReadonlyMap<string, DeviceModel>;
}

interface Entry<T> {
  readonly value: T;
  /** As shown in messages, with `/` on every system. */
  readonly file: string;
  /** Library folder it was loaded from. */
  readonly root: string;
  readonly problemsOf: (findings: readonly Finding[]) => Problem[];
}

/**
 * Loads `classes/*.yaml` and `models/<maker>/*.yaml` below each folder; later folders add to the earlier ones, and a class or
 * model of a later folder replaces the earlier one of its name: so a site changes what is shipped without touching it.
 * A site's record without operator action or time to respond becomes an event.
 * @throws ConfigurationError with one problem per fault of form or meaning.
 */
export function loadLibrary(folders: readonly string[] = [LIBRARY_DIR]): LoadedLibrary {
  const problems: Problem[] = [];
  const classes = new Map<string, Entry<EquipmentClass>>();
  const models = new Map<string, LoadedModel>();
  const modelFiles: ModelFile[] = [];
  /** Classes whose own file is broken: their models are not blamed for it. */
  const broken = new Set<string>();
  for (const folder of folders) {
    for (const path of yamlFiles(join(folder, 'classes'))) {
      const entry = loadFile(path, folder, folder === LIBRARY_DIR ? equipmentClass : siteClass, problems);
      if (entry === null) broken.add(basename(path, '.yaml'));
      else register(classes, entry, 'class', entry.value.class, problems);
    }
    for (const path of yamlFiles(join(folder, 'models'))) {
      const file = readModelFile(path, shownPath(path, folder), folder, problems);
      if (file !== null) modelFiles.push(file);
    }
  }
  for (const entry of resolveModels(modelFiles, problems))
    register(models, entry, 'model', entry.value.model, problems);
  for (const { value, problemsOf } of classes.values())
    problems.push(...problemsOf([...lintPoints(value), ...lintAlarms(value)]));
  for (const { value, problemsOf } of models.values()) {
    const subject = classes.get(value.class)?.value;
    if (subject !== undefined) problems.push(...problemsOf(lintModel(value, subject)));
    else if (!broken.has(value.class))
      problems.push(...problemsOf([finding(['class'], value.class, oneOf(classes.keys()))]));
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { classes: values(classes), models: values(models) };
}

const values = <T>(entries: ReadonlyMap<string, Pick<Entry<T>, 'value'>>): ReadonlyMap<string, T> =>
  new Map(Array.from(entries, ([id, { value }]) => [id, value]));

function register<T, E extends Entry<T>>(
  all: Map<string, E>,
  entry: E,
  field: 'class' | 'model',
  id: string,
  problems: Problem[],
): void {
  const wanted = `${field === 'class' ? 'classes' : 'models'}/${id}.yaml`;
  if (entry.file !== wanted)
    problems.push(...entry.problemsOf([finding([field], id, `the name of its file; ${id} belongs in ${wanted}`)]));
  const earlier = all.get(id);
  if (earlier === undefined || earlier.root !== entry.root) all.set(id, entry);
  else problems.push(...entry.problemsOf([finding([field], id, `an id of its own; ${earlier.file} has it already`)]));
}

const shownPath = (path: string, root: string): string => relative(root, path).replaceAll(sep, '/');

function loadFile<S extends z.ZodType>(
  path: string,
  root: string,
  schema: S,
  problems: Problem[],
): Entry<z.output<S>> | null {
  const file = shownPath(path, root);
  const parsed = parseYamlFile(path, schema, file);
  if (!parsed.ok) {
    problems.push(...parsed.problems);
    return null;
  }
  const problemsOf = (findings: readonly Finding[]): Problem[] =>
    findings.map((one) => ({
      file,
      line: parsed.lineOf(one.path),
      field: one.path.join('.'),
      found: one.found,
      expected: one.expected,
    }));
  return { value: parsed.value, file, root, problemsOf };
}

function yamlFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
