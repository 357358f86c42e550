// 10,000 rules in force: what they cost beside the same values without rules, how soon a crossed limit is on a screen, and
// whether a burst of alarms is journalled in order while the live list keeps up.
import { type Client, type Live, signIn } from '../e2e/client.ts';
import { temporaryFolder, until } from '../e2e/product.ts';
import {
  PLAIN_CLASS,
  POINTS,
  RULED_CLASS,
  RULES_PER_DEVICE,
  STANDING_ALARMS,
  writeBenchClasses,
} from './alarm-class.ts';
import { measureCost } from './alarm-cost.ts';
import { burst, lastJournalSeq, requireJournal, scan, screenFigures } from './alarm-crossings.ts';
import { DEVICES } from './alarm-load.ts';
import { withBenchServer } from './bench-server.ts';
import type { BenchResult, Figures } from './report.ts';

export async function benchAlarms(): Promise<BenchResult> {
  const folder = temporaryFolder();
  writeBenchClasses(folder.path);
  const stated = (device: number) => ({ class: device < DEVICES ? RULED_CLASS : PLAIN_CLASS, points: POINTS });
  const size = { devices: 2 * DEVICES, pointsPerDevice: POINTS.length, stated };
  try {
    return await withBenchServer(
      size,
      async (product, node) => {
        const client = await signIn(product.url);
        await until('all devices are registered', 60_000, async () => {
          const { items } = await client.get<{ items: unknown[] }>('/api/v1/equipment?limit=1000');
          return items.length >= size.devices;
        });
        const { figures, baseline } = await measureCost(product, node);
        const live = await client.live();
        const standing = listOf(live).size;
        if (standing !== DEVICES * STANDING_ALARMS)
          throw new Error(`standing alarms: found ${standing}, expected ${DEVICES * STANDING_ALARMS}`);

        const scanBegan = await lastJournalSeq(product.dataDir);
        const scanned = await scan(node);
        const scanFigures = await screenFigures(live, scanned);
        await requireJournal(product.dataDir, scanBegan, scanned);
        const burstBegan = await lastJournalSeq(product.dataDir);
        const burstEdges = await burst(node);
        const burstFigures = await screenFigures(live, burstEdges);
        const journalled = await requireJournal(product.dataDir, burstBegan, burstEdges);
        await requireSameList(client, live);
        live.close();
        await node.stop();
        return {
          figures: {
            rulesInForce: DEVICES * RULES_PER_DEVICE,
            standingAlarms: standing,
            ...figures,
            ...prefixed('scan1Percent', scanFigures),
            ...prefixed('burst', burstFigures),
            burstJournalled: journalled,
          },
          baseline,
        };
      },
      { LOUWEI_PROFILES: folder.path },
    );
  } finally {
    folder.remove();
  }
}

const prefixed = (prefix: string, figures: Figures): Figures =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );

interface ListedAlarm {
  readonly id: string;
  readonly state: string;
  readonly activationSeq: number;
}

/** The alarm list as a screen has it: the snapshot with every change since. */
function listOf(live: Live): ReadonlyMap<string, string> {
  const list = new Map<string, string>();
  for (const { message } of live.messages) {
    if (message.type !== 'snapshot' && message.type !== 'delta') continue;
    if (message.type === 'snapshot') list.clear();
    for (const { id, state, activationSeq } of (message['alarms'] ?? []) as readonly ListedAlarm[])
      if (state === 'NORM') list.delete(id);
      else list.set(id, `${state} ${activationSeq}`);
  }
  return list;
}

/** @throws Error when a screen that followed every change has another list than one that has just been opened. */
async function requireSameList(client: Client, followed: Live): Promise<void> {
  const opened = await client.live();
  const [before, now] = [listOf(followed), listOf(opened)];
  opened.close();
  const differing = [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id));
  if (differing.length > 0)
    throw new Error(`${differing.length} alarms of the followed list are not as in a new one, first ${differing[0]}`);
}
