// For tests of plants: a machine's run, and the alarms that its class makes of it.
import { type EquipmentClass, loadLibrary } from '@louwei/device-profiles';
import { judge } from './alarm-judge.ts';
import type { Machine, PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

const { classes } = loadLibrary();
/** 08:00 in China, a working day. */
const MORNING_MS = Date.UTC(2026, 0, 14);

const REST_S = 60;

export const subjectOf = (name: string): EquipmentClass => {
  const subject = classes.get(name);
  if (subject === undefined) throw new Error(`no class ${name}`);
  return subject;
};
export const machineOf = (name: string, seed = 11): Machine => {
  const kind = PLANTS.get(name);
  if (kind === undefined) throw new Error(`no plant for ${name}`);
  return kind.build(seed);
};

export function run(
  machine: Machine,
  seconds: number,
  faults: readonly string[],
  fromS = 0,
  stepS = 0.5,
): PointValues[] {
  const set = new Set(faults);
  return Array.from({ length: Math.ceil(seconds / stepS) }, (_, index) => {
    machine.step(stepS, MORNING_MS + (fromS + index * stepS) * 1000, set);
    return machine.points();
  });
}

/** Alarms of a quarter of an hour with the faults, after a minute at rest, and their priorities. */
export function alarmsOf(name: string, faults: readonly string[], seconds = 900): Readonly<Record<string, number>> {
  const judged = judge(subjectOf(name));
  const machine = machineOf(name);
  [...run(machine, REST_S, [], 0, 1), ...run(machine, seconds, faults, REST_S, 1)].forEach((values, index) => {
    judged.see(values, index);
  });
  return Object.fromEntries(judged.raised);
}
