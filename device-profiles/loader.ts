// Loads every class and model of a library folder, or says line by line why it cannot.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { z } from 'zod';
import { type EquipmentClass, equipmentClass } from './schema/class.ts';
import { type DeviceModel, deviceModel } from './schema/model.ts';
import { ConfigurationError, type Problem } from './schema/problem.ts';
import { parseYamlFile } from './yaml-file.ts';

/** The library that ships with the product. */
export const LIBRARY_DIR = import.meta.dirname;

export interface LoadedLibrary {
  readonly classes: ReadonlyMap<string, EquipmentClass>;
  readonly models: ReadonlyMap<string, DeviceModel>;
}

/**
 * Loads `classes/*.yaml` and `models/<maker>/*.yaml` below each folder; later folders add to the earlier ones.
 * @throws ConfigurationError with one problem per fault.
 */
export function loadLibrary(folders: readonly string[] = [LIBRARY_DIR]): LoadedLibrary {
  const problems: Problem[] = [];
  const classes = new Map<string, EquipmentClass>();
  const models = new Map<string, DeviceModel>();
  for (const folder of folders) {
    for (const value of loadFolder(join(folder, 'classes'), folder, equipmentClass, problems))
      classes.set(value.class, value);
    for (const value of loadFolder(join(folder, 'models'), folder, deviceModel, problems))
      models.set(value.model, value);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { classes, models };
}

function loadFolder<S extends z.ZodType>(folder: string, root: string, schema: S, problems: Problem[]): z.output<S>[] {
  return yamlFiles(folder).flatMap((path) => {
    const parsed = parseYamlFile(path, schema, relative(root, path));
    if (parsed.ok) return [parsed.value];
    problems.push(...parsed.problems);
    return [];
  });
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
