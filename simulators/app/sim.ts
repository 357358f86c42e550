// `npm run sim`: faults and scenarios of running simulators, from the command line.
import { join, resolve } from 'node:path';
import { loadLibrary } from '@louwei/device-profiles';
import { z } from 'zod';
import { readAddress } from './address-file.ts';
import { loadBuilding } from './building.ts';
import { controlState } from './control.ts';
import { type Announcement, differences } from './follows.ts';
import { rehearse, watchS } from './rehearse.ts';
import { loadScenarios } from './scenario.ts';

const USAGE = `usage: npm run sim -- list
       npm run sim -- run SCENARIO
       npm run sim -- rehearse SCENARIO      (at high speed, without running simulators)
       npm run sim -- fault EQUIPMENT FAULT
       npm run sim -- clear EQUIPMENT | all`;

const told = z.object({ done: z.string().optional(), reason: z.string().optional() });

function leave(message: string, code: 1 | 2): never {
  console.error(message);
  process.exit(code);
}

async function ask(method: string, path: string): Promise<unknown> {
  const dataDir = resolve(process.env['LOUWEI_DATA_DIR'] ?? './data');
  const nothing = `no simulators are running on the data directory ${dataDir}; start them with \`npm start\`, or set LOUWEI_DATA_DIR to theirs`;
  const address = readAddress(dataDir);
  if (address === undefined) leave(nothing, 1);
  try {
    const response = await fetch(`http://127.0.0.1:${address.controlPort}${path}`, {
      method,
      signal: AbortSignal.timeout(5000),
    });
    return await response.json();
  } catch {
    leave(nothing, 1);
  }
}

async function order(method: string, path: string): Promise<void> {
  const { done, reason } = told.parse(await ask(method, path));
  if (done === undefined) leave(reason ?? 'the simulators gave no reason', 1);
  console.log(done);
}

async function list(): Promise<void> {
  const { equipment, scenarios } = controlState.parse(await ask('GET', '/'));
  console.log('Scenarios (npm run sim -- run SCENARIO)');
  for (const { name, label, runningS } of scenarios)
    console.log(
      `  ${name.padEnd(26)} ${label.en} / ${label.zh}${runningS === null ? '' : `   RUNNING for ${runningS} s`}`,
    );
  console.log('\nEquipment and its faults (npm run sim -- fault EQUIPMENT FAULT)');
  for (const [kind, members] of Map.groupBy(equipment, (one) => one.class)) {
    console.log(`  ${kind}: ${members.map(({ id }) => id).join(' ')}`);
    for (const [fault, text] of Object.entries(members[0]?.faults ?? {}))
      console.log(`    ${fault.padEnd(24)} ${text}`);
  }
  const faulty = equipment.filter(({ active }) => active.length > 0);
  console.log(`\nActive now: ${faulty.length === 0 ? 'nothing' : ''}`);
  for (const { id, active } of faulty) console.log(`  ${id}: ${active.join(', ')}   (npm run sim -- clear ${id})`);
}

/** What a scenario leads to, without waiting for it. */
async function rehearsal(name: string): Promise<void> {
  const scenarios = loadScenarios();
  const scenario = scenarios.get(name);
  if (scenario === undefined)
    leave(`there is no scenario "${name}"; there are: ${[...scenarios.keys()].join(', ')}`, 1);
  const library = loadLibrary();
  const announced = await rehearse(
    loadBuilding(join(import.meta.dirname, '../building.yaml'), library),
    scenario,
    library,
  );
  console.log(`${scenario.label.en} / ${scenario.label.zh}, ${watchS(scenario)} s`);
  for (const { atS, equipment, alarm, order } of announced)
    console.log(`  ${atS.toFixed(1).padStart(7)} s  ${equipment.padEnd(7)} ${alarm.padEnd(28)} ${orderText(order)}`);
  if (scenario.follows.length === 0) return;
  const wrong = differences(scenario.follows, announced, 0.5);
  console.log(wrong.length === 0 ? 'as the scenario states' : 'not as the scenario states:');
  for (const line of wrong) console.log(`  ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}

const orderText = (order: Announcement['order']): string =>
  order === null || order === undefined ? '' : order === 'linked' ? 'joins the open order' : `opens an ${order} order`;

const [command, first, second, ...more] = process.argv.slice(2);
const part = encodeURIComponent;
if (command === 'list' && first === undefined) await list();
else if (command === 'run' && first !== undefined && second === undefined)
  await order('POST', `/scenarios/${part(first)}`);
else if (command === 'rehearse' && first !== undefined && second === undefined) await rehearsal(first);
else if (command === 'fault' && first !== undefined && second !== undefined && more.length === 0)
  await order('POST', `/faults/${part(first)}/${part(second)}`);
else if (command === 'clear' && first !== undefined && second === undefined)
  await order('DELETE', `/faults/${part(first)}`);
else leave(USAGE, 2);
