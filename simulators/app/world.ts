// The simulated world: every machine, the faults put into it, and its clock.
import type { Machine, PointValues } from '../plant/plant.ts';
import { seedOf } from '../plant/random.ts';
import { PLANTS } from '../plant/registry.ts';
import type { SimulatedDevice } from '../protocols/device.ts';
import { nuisancesOf } from '../protocols/nuisance.ts';
import type { Building } from './building.ts';

/** Physics step. Fixed, so that a run depends on the seed and not on how busy this machine is. */
export const STEP_MS = 250;
/** After a pause (a laptop that slept) the physics does not race through the lost time. */
const MOST_STEPS_AT_ONCE = 8;

/** Faults that are not physics. */
export const OFFLINE = 'offline';

interface Inhabitant {
  readonly machine: Machine;
  readonly device: SimulatedDevice;
  readonly faults: Set<string>;
  readonly possible: Readonly<Record<string, string>>;
}

export interface World {
  readonly devices: readonly SimulatedDevice[];
  /** Faults an equipment knows, with what each does; undefined for an unknown equipment. */
  possibleFaults(equipment: string): Readonly<Record<string, string>> | undefined;
  activeFaults(equipment: string): readonly string[];
  inject(equipment: string, fault: string): void;
  /** All faults of the equipment. */
  clear(equipment: string): void;
  /** Brings the physics up to the time. @returns whether anything moved. */
  advance(nowMs: number): boolean;
}

export function createWorld(building: Building, startMs: number): World {
  let version = 0;
  let simulatedMs = startMs;
  const inhabitants = new Map<string, Inhabitant>();
  for (const { settings, model } of building.devices) {
    const kind = PLANTS.get(model.class);
    if (kind === undefined) throw new Error(`no physics for class ${model.class}`);
    const machine = kind.build(seedOf(building.seed, settings.id));
    const faults = new Set<string>();
    let shown: { version: number; values: PointValues } | undefined;
    const device: SimulatedDevice = {
      id: settings.id,
      model,
      version: () => version,
      offline: () => faults.has(OFFLINE),
      has: (nuisance) => faults.has(nuisance),
      command(point, value) {
        machine.command?.(point, value);
        version++;
      },
      values() {
        if (shown === undefined || (shown.version !== version && !faults.has('frozen-value')))
          shown = { version, values: machine.points() };
        return shown.values;
      },
    };
    const possible = {
      ...kind.faults,
      ...nuisancesOf(model.protocol),
      [OFFLINE]: 'the device no longer answers its gateway',
    };
    inhabitants.set(settings.id, { machine, device, faults, possible });
  }

  function step(): void {
    simulatedMs += STEP_MS;
    for (const { machine, faults } of inhabitants.values()) machine.step(STEP_MS / 1000, simulatedMs, faults);
    version++;
  }

  step();
  return {
    devices: [...inhabitants.values()].map(({ device }) => device),
    possibleFaults: (equipment) => inhabitants.get(equipment)?.possible,
    activeFaults: (equipment) => [...(inhabitants.get(equipment)?.faults ?? [])],
    inject: (equipment, fault) => void inhabitants.get(equipment)?.faults.add(fault),
    clear: (equipment) => inhabitants.get(equipment)?.faults.clear(),
    advance(nowMs) {
      if (nowMs - simulatedMs > MOST_STEPS_AT_ONCE * STEP_MS || simulatedMs - nowMs > MOST_STEPS_AT_ONCE * STEP_MS)
        simulatedMs = nowMs - STEP_MS;
      let moved = false;
      for (; simulatedMs + STEP_MS <= nowMs; moved = true) step();
      return moved;
    },
  };
}
