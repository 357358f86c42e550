// Scenarios: faults along a timeline, one YAML file each.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bilingual, ConfigurationError, kebabName, type Problem, parseYamlFile } from '@louwei/device-profiles';
import { z } from 'zod';

export const SCENARIO_DIR = join(import.meta.dirname, '../scenarios');

const step = z.union(
  [
    z.strictObject({ atS: z.number().min(0), fault: kebabName, equipment: z.string().min(1) }),
    z.strictObject({ atS: z.number().min(0), clear: z.string().min(1) }),
  ],
  '{ atS, fault, equipment } or { atS, clear: EQUIPMENT }',
);

const scenario = z.strictObject({
  label: bilingual,
  /** What the operator should see. */
  expect: bilingual,
  steps: z.array(step).min(1),
  /**
   * Every alarm that must be announced, in order, each once, and no other; counted from the first step. `order` is the kind
   * of the work order it opens, or `linked` when it joins one that is open already.
   */
  follows: z
    .array(
      z.strictObject({
        equipment: z.string().min(1),
        alarm: kebabName,
        withinS: z.number().positive(),
        order: z.enum(['emergency', 'urgent', 'repair', 'linked']).optional(),
      }),
    )
    .default([]),
});

export type Following = z.infer<typeof scenario>['follows'][number];
export type ScenarioStep = z.infer<typeof step>;
export interface Scenario extends z.infer<typeof scenario> {
  /** Name of the file without `.yaml`. */
  readonly name: string;
}

/** @throws ConfigurationError with one problem per fault. */
export function loadScenarios(folder = SCENARIO_DIR): ReadonlyMap<string, Scenario> {
  const problems: Problem[] = [];
  const scenarios = new Map<string, Scenario>();
  for (const file of readdirSync(folder)
    .filter((entry) => entry.endsWith('.yaml'))
    .sort()) {
    const parsed = parseYamlFile(join(folder, file), scenario, `scenarios/${file}`);
    const name = basename(file, '.yaml');
    if (parsed.ok) scenarios.set(name, { ...parsed.value, name });
    else problems.push(...parsed.problems);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return scenarios;
}
