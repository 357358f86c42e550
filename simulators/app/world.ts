// The simulated world: every machine, the faults put into it, and its clock.
import type { Machine, PointValues } from '../plant/plant.ts';
import { seedOf } from '../plant/random.ts';
import { PLANTS } from '../plant/registry.ts';
import type { SimulatedDevice } from '../protocols/device.ts';
import { DRIFT_PER_S, nuisancesOf } from '../protocols/nuisance.ts';
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

/** The measured values, shifted by a share of their ranges; a sensor never shows more than its span. */
function moved(values: PointValues, spans: ReadonlyMap<string, readonly [number, number]>, share: number): PointValues {
  const entries = Object.entries(values).map(([name, value]) => {
    const span = spans.get(name);
    if (span === undefined || typeof value !== 'number') return [name, value];
    return [name, Math.min(span[1], value + (span[1] - span[0]) * share)];
  });
  return Object.fromEntries(entries);
}

export function createWorld(building: Building, startMs: number): World {
  let version = 0;
  let simulatedMs = startMs;
  const inhabitants = new Map<string, Inhabitant>();
  /** When each drifting equipment began to. */
  const driftSinceMs = new Map<string, number>();
  for (const { settings, model, spans } of building.devices) {
    const kind = PLANTS.get(model.class);
    if (kind === undefined) throw new Error(`no physics for class ${model.class}`);
    const machine = kind.build(seedOf(building.seed, settings.id));
    const faults = new Set<string>();
    let shown: { version: number; values: PointValues } | undefined;
    const drifted = (values: PointValues): PointValues => {
      const sinceMs = driftSinceMs.get(settings.id);
      if (sinceMs === undefined) return values;
      return moved(values, spans ?? new Map(), ((simulatedMs - sinceMs) / 1000) * DRIFT_PER_S);
    };
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
          shown = { version, values: drifted(machine.points()) };
        return shown.values;
      },
    };
    const possible = {
      ...kind.faults,
      ...nuisancesOf(model),
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
    inject(equipment, fault) {
      inhabitants.get(equipment)?.faults.add(fault);
      if (fault === 'drift' && !driftSinceMs.has(equipment)) driftSinceMs.set(equipment, simulatedMs);
    },
    clear(equipment) {
      inhabitants.get(equipment)?.faults.clear();
      driftSinceMs.delete(equipment);
    },
    advance(nowMs) {
      if (nowMs - simulatedMs > MOST_STEPS_AT_ONCE * STEP_MS || simulatedMs - nowMs > MOST_STEPS_AT_ONCE * STEP_MS)
        simulatedMs = nowMs - STEP_MS;
      let stepped = false;
      for (; simulatedMs + STEP_MS <= nowMs; stepped = true) step();
      return stepped;
    },
  };
}
