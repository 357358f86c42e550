// A scenario at high speed: the physics of the whole building on a clock of its own, judged by the server's alarm engine
// as a program beside this one. Nothing is opened, sent or stored.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LoadedLibrary } from '@louwei/device-profiles';
import { z } from 'zod';
import type { Building } from './building.ts';
import type { Announcement } from './follows.ts';
import { runScenario, type ScenarioReading } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

const ENGINE = join(import.meta.dirname, '../../server/app/rehearse.ts');
/** A Monday at noon: offices are in use. */
const START_MS = Date.UTC(2026, 0, 5, 4);

const entry = z.object({
  equipmentId: z.string(),
  alarm: z.string(),
  transition: z.looseObject({
    event: z.string(),
    serverMs: z.number(),
    announced: z.boolean().optional(),
    created: z.boolean().optional(),
  }),
});

/** How long a scenario is watched: all its steps, and what must follow. */
export const watchS = ({ steps, follows }: Scenario): number =>
  Math.max(...steps.map(({ atS }) => atS), ...follows.map(({ withinS }) => withinS)) + 1;

/** @throws Error when the scenario names what the building does not have, or the engine fails. */
export async function rehearse(
  building: Building,
  scenario: Scenario,
  { classes }: LoadedLibrary,
): Promise<readonly Announcement[]> {
  const engine = spawn(process.execPath, [ENGINE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(engine, 'close');
  const announced = new Map<string, Announcement>();
  const classOf = new Map(building.devices.map(({ settings, model }) => [settings.id, model.class]));

  async function listen(): Promise<void> {
    for await (const line of createInterface({ input: engine.stdout })) {
      const { equipmentId, alarm, transition } = entry.parse(JSON.parse(line));
      const key = `${equipmentId} ${alarm}`;
      const known = announced.get(key);
      const kind = classes.get(classOf.get(equipmentId) ?? '')?.alarms[alarm]?.workOrder?.kind ?? null;
      if (transition.announced === true && known === undefined)
        announced.set(key, {
          equipment: equipmentId,
          alarm,
          atS: (transition.serverMs - START_MS) / 1000,
          order: null,
        });
      if (transition.event === 'WORK_ORDER' && known !== undefined)
        announced.set(key, { ...known, order: transition.created === true ? kind : 'linked' });
    }
  }

  async function say(line: unknown): Promise<void> {
    if (!engine.stdin.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(engine.stdin, 'drain'), ended]);
  }

  const listening = listen();
  engine.stdin.on('error', () => {});
  await say({ equipment: Object.fromEntries(classOf), startMs: START_MS });
  for (const delivery of deliveries(
    runScenario(building, scenario, { startMs: START_MS, durationS: watchS(scenario) }),
  ))
    await say(delivery);
  engine.stdin.end();
  await listening;
  const [code] = await ended;
  if (code !== 0) throw new Error(`the alarm engine ended with code ${code}`);
  return [...announced.values()];
}

/** Readings of the same moment travel together, as a gateway sends them. */
function* deliveries(readings: Iterable<ScenarioReading>) {
  let atMs = Number.NaN;
  let together: Omit<ScenarioReading, 'timeMs'>[] = [];
  for (const { timeMs, ...reading } of readings) {
    if (timeMs !== atMs && together.length > 0) {
      yield { atMs, readings: together };
      together = [];
    }
    atMs = timeMs;
    together.push(reading);
  }
  if (together.length > 0) yield { atMs, readings: together };
}
