// Every scenario that states what must follow, in real time through the whole product: simulated equipment on its real
// protocols, gateway, broker, database, alarms and orders. All run at once, on different equipment of the building.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Announcement, differences } from '../app/follows.ts';
import { loadScenarios } from '../app/scenario.ts';
import { type Client, type Live, signIn } from './client.ts';
import { type Product, simulate, startProduct, until } from './product.ts';

interface AlarmView {
  readonly id: string;
  readonly equipmentId: string;
  readonly alarm: string;
  readonly state: string;
}
interface OrderView {
  readonly kind: 'emergency' | 'urgent' | 'repair';
  readonly alarmIds: readonly string[];
}

/** What polling, the database and a busy machine add to the times that a scenario states. */
const TOLERANCE_S = 15;

const stated = [...loadScenarios().values()].filter(({ follows }) => follows.length > 0);
const lastS = Math.max(...stated.flatMap(({ follows }) => follows.map(({ withinS }) => withinS)));
const partsOf = (name: string): ReadonlySet<string> => {
  const scenario = stated.find((one) => one.name === name);
  return new Set(scenario?.steps.map((step) => ('clear' in step ? step.clear : step.equipment)));
};

let product: Product;
let client: Client;
let live: Live;
const startedMs = new Map<string, number>();

/** Alarms on the live socket in the order in which they were announced for the first time since `sinceMs`. */
function announcedSince(sinceMs: number): (AlarmView & { readonly atS: number })[] {
  const first = new Map<string, AlarmView & { readonly atS: number }>();
  for (const { atMs, message } of live.messages) {
    if (atMs < sinceMs || message.type !== 'delta') continue;
    for (const alarm of (message['alarms'] as AlarmView[] | undefined) ?? []) {
      const key = `${alarm.equipmentId} ${alarm.alarm}`;
      if (alarm.state === 'UNACK' && !first.has(key)) first.set(key, { ...alarm, atS: (atMs - sinceMs) / 1000 });
    }
  }
  return [...first.values()];
}

beforeAll(async () => {
  product = await startProduct();
  client = await signIn(product.url);
  await until('all equipment answers', 90_000, async () => {
    const { items } = await client.get<{ items: { online: boolean }[] }>('/api/v1/equipment?limit=500');
    return items.length > 50 && items.every(({ online }) => online);
  });
  live = await client.live();
  for (const { name } of stated) {
    simulate(product, 'run', name);
    startedMs.set(name, Date.now());
  }
  const wanted = stated.flatMap(({ follows }) => follows).length;
  await until(
    'everything that must follow has followed',
    (lastS + 2 * TOLERANCE_S) * 1000,
    () => announcedSince(0).length >= wanted,
    1000,
  ).catch(() => {});
}, 600_000);

afterAll(async () => {
  live?.close();
  await product?.stop();
});

describe('scenarios in real time', () => {
  it('do not share equipment', () => {
    const all = stated.flatMap(({ name }) => [...partsOf(name)]);
    expect(all).toHaveLength(new Set(all).size);
  });

  it.each(stated.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, { follows }) => {
    const { items: orders } = await client.get<{ items: OrderView[] }>('/api/v1/work-orders?status=all&limit=200');
    const seen = announcedSince(startedMs.get(name) ?? 0)
      .filter(({ equipmentId }) => partsOf(name).has(equipmentId))
      .map(({ id, equipmentId, alarm, atS }): Announcement => {
        const order = orders.find(({ alarmIds }) => alarmIds.includes(id));
        const kind = order?.alarmIds[0] === id ? order.kind : order === undefined ? null : 'linked';
        return { equipment: equipmentId, alarm, atS, order: kind };
      });
    expect(differences(follows, seen, TOLERANCE_S)).toEqual([]);
  });

  it('raise nothing on any other equipment', () => {
    const parts = new Set(stated.flatMap(({ name }) => [...partsOf(name)]));
    const others = announcedSince(0).filter(({ equipmentId }) => !parts.has(equipmentId));
    expect(others.map(({ equipmentId, alarm }) => `${equipmentId} ${alarm}`)).toEqual([]);
  });
});
