// Directs the world: faults by name and scenarios along their timeline. Knows the line as the equipment "gateway".
import type { Line } from './line.ts';
import { nearMatches } from './near.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';
import { OFFLINE, type World } from './world.ts';

export const GATEWAY = 'gateway';
const LINE_FAULTS = { [OFFLINE]: 'the line between the building and the server is cut' };

export type Outcome = { readonly ok: true; readonly done: string } | { readonly ok: false; readonly reason: string };

export interface DirectedEquipment {
  readonly id: string;
  readonly class: string;
  readonly faults: Readonly<Record<string, string>>;
  readonly active: readonly string[];
}

export interface Direction {
  equipment(): readonly DirectedEquipment[];
  scenarios(): readonly { readonly scenario: Scenario; readonly runningS: number | null }[];
  inject(equipment: string, fault: string): Outcome;
  /** @param equipment an id or `all`, which also ends the scenarios */
  clear(equipment: string): Outcome;
  run(scenario: string, nowMs: number): Outcome;
  /** Carries out the steps that are due. */
  advance(nowMs: number): void;
}

interface Performance {
  readonly startedMs: number;
  readonly remaining: ScenarioStep[];
}

export function createDirection(
  world: World,
  scenarios: ReadonlyMap<string, Scenario>,
  line: Line | undefined,
): Direction {
  const performances = new Map<string, Performance>();
  let latestMs = 0;

  const possible = (id: string): Readonly<Record<string, string>> | undefined =>
    id === GATEWAY ? (line === undefined ? undefined : LINE_FAULTS) : world.possibleFaults(id);
  const active = (id: string): readonly string[] =>
    id === GATEWAY ? (line?.isCut() === true ? [OFFLINE] : []) : world.activeFaults(id);
  const ids = (): string[] => [...world.devices.map(({ id }) => id), ...(line === undefined ? [] : [GATEWAY])];

  const unknown = (id: string): Outcome => {
    if (id === GATEWAY)
      return {
        ok: false,
        reason: 'the line of the gateway is not simulated here: the simulators were started without --uplink-url',
      };
    const near = nearMatches(id, ids());
    const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : '`npm run sim -- list` shows all';
    return { ok: false, reason: `there is no equipment "${id}"; ${hint}` };
  };

  function inject(id: string, fault: string): Outcome {
    const faults = possible(id);
    if (faults === undefined) return unknown(id);
    if (!Object.hasOwn(faults, fault))
      return { ok: false, reason: `${id} has no fault "${fault}"; it has: ${Object.keys(faults).join(', ')}` };
    if (id === GATEWAY) line?.cut();
    else world.inject(id, fault);
    return { ok: true, done: `${id}: ${fault} - ${faults[fault]}` };
  }

  function clear(id: string): Outcome {
    if (id === 'all') {
      performances.clear();
      for (const one of ids()) clear(one);
      return { ok: true, done: 'all faults are cleared, all scenarios ended' };
    }
    if (possible(id) === undefined) return unknown(id);
    const gone = active(id).join(', ');
    if (id === GATEWAY) line?.mend();
    else world.clear(id);
    return { ok: true, done: gone === '' ? `${id} had no fault` : `${id}: cleared ${gone}` };
  }

  function perform(step: ScenarioStep): void {
    if ('clear' in step) clear(step.clear);
    else inject(step.equipment, step.fault);
  }

  function advance(nowMs: number): void {
    latestMs = nowMs;
    for (const [name, { startedMs, remaining }] of performances) {
      for (let step = remaining[0]; step !== undefined && nowMs - startedMs >= step.atS * 1000; step = remaining[0]) {
        remaining.shift();
        perform(step);
      }
      if (remaining.length === 0) performances.delete(name);
    }
  }

  function run(name: string, nowMs: number): Outcome {
    const scenario = scenarios.get(name);
    if (scenario === undefined)
      return { ok: false, reason: `there is no scenario "${name}"; there are: ${[...scenarios.keys()].join(', ')}` };
    for (const step of scenario.steps) {
      const faults = possible('clear' in step ? step.clear : step.equipment);
      if (faults === undefined) return unknown('clear' in step ? step.clear : step.equipment);
      if ('fault' in step && !Object.hasOwn(faults, step.fault))
        return { ok: false, reason: `scenario ${name}: ${step.equipment} has no fault "${step.fault}"` };
    }
    performances.set(name, { startedMs: nowMs, remaining: scenario.steps.toSorted((a, b) => a.atS - b.atS) });
    advance(nowMs);
    const lastS = Math.max(...scenario.steps.map(({ atS }) => atS));
    return { ok: true, done: `${name}: ${scenario.label.en}, ${lastS} s. To expect: ${scenario.expect.en}` };
  }

  return {
    inject,
    clear,
    run,
    advance,
    equipment: () =>
      ids().map((id) => ({
        id,
        class: world.devices.find((device) => device.id === id)?.model.class ?? GATEWAY,
        faults: possible(id) ?? {},
        active: active(id),
      })),
    scenarios: () =>
      [...scenarios.values()].map((scenario) => {
        const performance = performances.get(scenario.name);
        return {
          scenario,
          runningS: performance === undefined ? null : Math.round((latestMs - performance.startedMs) / 1000),
        };
      }),
  };
}
