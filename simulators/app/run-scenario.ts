// A scenario at high speed: the readings of the whole building over simulated time, as data. No sockets, no clock.
import type { PointValue } from '../plant/plant.ts';
import type { Building } from './building.ts';
import { createDirection } from './direction.ts';
import type { Scenario } from './scenario.ts';
import { createWorld, OFFLINE, STEP_MS } from './world.ts';

export interface ScenarioReading {
  /** Since the epoch, simulated. */
  readonly timeMs: number;
  readonly equipmentId: string;
  readonly point: string;
  readonly value: PointValue;
}

export interface ScenarioSpan {
  readonly startMs: number;
  /** How long to go on, from the first step of the timeline. */
  readonly durationS: number;
}

/**
 * Only changes are given; the first second holds every point once. An offline device gives `comm` 0 and nothing else.
 * @throws Error when the scenario names equipment or a fault the building does not have
 */
export function* runScenario(
  building: Building,
  scenario: Scenario,
  { startMs, durationS }: ScenarioSpan,
): Generator<ScenarioReading> {
  const world = createWorld(building, startMs);
  const direction = createDirection(world, new Map([[scenario.name, scenario]]), undefined);
  const begun = direction.run(scenario.name, startMs);
  if (!begun.ok) throw new Error(begun.reason);
  const shown = new Map<string, Map<string, PointValue>>();
  for (let timeMs = startMs + STEP_MS; timeMs <= startMs + durationS * 1000; timeMs += STEP_MS) {
    direction.advance(timeMs);
    world.advance(timeMs);
    for (const device of world.devices) {
      const last = shown.get(device.id) ?? new Map<string, PointValue>();
      shown.set(device.id, last);
      const offline = world.activeFaults(device.id).includes(OFFLINE);
      const values = offline ? { comm: 0 } : { ...device.values(), comm: 1 };
      for (const [point, value] of Object.entries(values)) {
        if (last.has(point) && last.get(point) === value) continue;
        last.set(point, value);
        yield { timeMs, equipmentId: device.id, point, value };
      }
    }
  }
}
