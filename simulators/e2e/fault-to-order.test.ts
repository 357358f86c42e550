// The main job end to end: a register in a pump room becomes an alarm on the operator's screen, one work order, a repair
// that is followed to its verification, and a journal that shows every step. Same fault five times: still one order.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Client, type Live, signIn } from './client.ts';
import { type Product, ROOT, simulate, startProduct, temporaryFolder, until } from './product.ts';

const TRANSFORMER = 'TR-1';
const ALARM = 'winding-overtemperature';
/** Alarms here are judged after seconds instead of minutes, so that five rounds fit into a test. */
const DELAYS = { onDelayS: 3, offDelayS: 2 };
const POLL_INTERVAL_S = 1;

interface AlarmView {
  id: string;
  equipmentId: string;
  alarm: string;
  state: string;
  active: boolean;
  activations: number;
  activationSeq: number;
  workOrderId: string | null;
}
interface OrderView {
  id: string;
  state: string;
  kind: string;
  alarmIds: string[];
  clocks: Record<'response' | 'arrival' | 'resolution', { state: string; stoppedAt: string | null; elapsedS: number }>;
  journal: { step: string; actor: string; at: string }[];
}
interface List<T> {
  items: T[];
}

const folder = temporaryFolder();
let product: Product;
let client: Client;
let live: Live;

const sim = (...args: string[]): string => simulate(product, ...args);

/** `not-present` is the device's own word that there is nothing to tell, e.g. no position of a leak without a leak. */
const isKnown = ({ quality }: { quality: string }): boolean => quality === 'good' || quality === 'not-present';

const openAlarms = async () =>
  (await client.get<List<AlarmView>>(`/api/v1/alarms?equipmentId=${TRANSFORMER}`)).items.filter(
    (alarm) => alarm.alarm === ALARM,
  );
const orders = async () =>
  (await client.get<List<OrderView>>(`/api/v1/work-orders?status=all&equipmentId=${TRANSFORMER}`)).items;

/** When the live socket first showed the alarm in one of the states. */
const shownAt = (states: readonly string[], sinceMs: number): number | undefined =>
  live.messages.find(
    ({ atMs, message }) =>
      atMs >= sinceMs &&
      message.type === 'delta' &&
      (message['alarms'] as AlarmView[] | undefined)?.some(
        (alarm) => alarm.equipmentId === TRANSFORMER && alarm.alarm === ALARM && states.includes(alarm.state),
      ),
  )?.atMs;

beforeAll(async () => {
  const classes = join(folder.path, 'profiles/classes');
  mkdirSync(classes, { recursive: true });
  const file = join(ROOT, 'device-profiles/classes/dry-type-transformer.yaml');
  const shipped: { alarms: Record<string, object> } = parse(readFileSync(file, 'utf8'));
  Object.assign(shipped.alarms[ALARM] ?? {}, DELAYS);
  writeFileSync(join(classes, 'dry-type-transformer.yaml'), stringify(shipped));
  product = await startProduct({
    dataDir: join(folder.path, 'data'),
    env: { LOUWEI_PROFILES: join(folder.path, 'profiles') },
  });
  client = await signIn(product.url);
  live = await client.live();
}, 120_000);

afterAll(async () => {
  live?.close();
  await product?.stop();
  folder.remove();
});

describe('the whole product', () => {
  it('shows live, good values of all devices of both buildings', async () => {
    await until('every device is online with good values', 60_000, async () => {
      const { items } =
        await client.get<List<{ id: string; online: boolean; deviceId?: string; place: { building: string } }>>(
          '/api/v1/equipment?limit=500',
        );
      const devices = items.filter((item) => item.place.building !== '');
      return (
        devices.length >= 40 &&
        new Set(devices.map((item) => item.place.building)).size >= 2 &&
        devices.every((item) => item.online)
      );
    });
    const { items } = await client.get<List<{ id: string; class: string }>>('/api/v1/equipment?limit=500');
    live.watch(['*'], 'all');
    for (const { id } of items.filter((item) => item.class !== 'gateway')) {
      const detail = await until(`good values of ${id}`, 20_000, async () => {
        const answer = await client.get<{ values: { point: string; quality: string }[] }>(`/api/v1/equipment/${id}`);
        return answer.values.length > 0 && answer.values.every(isKnown) ? answer : undefined;
      });
      expect(detail.values.length).toBeGreaterThan(0);
    }
    // The gateway itself says how full its outbox is.
    const gateway = items.find((item) => item.class === 'gateway')?.id ?? 'none';
    const own = await until('the gateway speaks of its outbox', 30_000, async () =>
      (
        await client.get<{ values: { point: string; quality: string; value: number }[] }>(
          `/api/v1/equipment/${gateway}`,
        )
      ).values.find(({ point }) => point === 'queueFill'),
    );
    expect(own).toMatchObject({ quality: 'good', value: 0 });
  }, 120_000);

  it('brings a fault to the operator in one polling interval plus 1 s beyond the delay of the rule, and opens one order', async () => {
    const injected = Date.now();
    sim('fault', TRANSFORMER, ALARM);
    // The command is a process of its own, whose start is none of the time that counts.
    const inPlace = Date.now();
    const shown = await until('the alarm is on the screen', 30_000, () => shownAt(['UNACK'], injected), 20);
    expect(shown - injected).toBeGreaterThanOrEqual(DELAYS.onDelayS * 1000);
    expect(shown - inPlace).toBeLessThanOrEqual((DELAYS.onDelayS + POLL_INTERVAL_S + 1) * 1000);
    const [alarm] = await openAlarms();
    expect(alarm?.state).toBe('UNACK');
    const found = await orders();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ kind: 'emergency', state: 'NEW', alarmIds: expect.arrayContaining([alarm?.id]) });
    expect(alarm?.workOrderId).toBe(found[0]?.id);
  }, 60_000);

  it('keeps to that one order when the same fault comes three times', async () => {
    for (let round = 2; round <= 3; round++) {
      const cleared = Date.now();
      sim('clear', TRANSFORMER);
      await until(`round ${round}: the alarm returned`, 40_000, () => shownAt(['RTNUN', 'NORM'], cleared), 50);
      const again = Date.now();
      sim('fault', TRANSFORMER, ALARM);
      await until(`round ${round}: the alarm is active again`, 40_000, () => shownAt(['UNACK'], again), 50);
    }
    const [alarm, ...others] = await openAlarms();
    expect(others).toEqual([]);
    expect(alarm?.activationSeq).toBe(3);
    expect(await orders()).toHaveLength(1);
  }, 300_000);

  it('follows the order to its verification with its clocks, and the journal shows every step', async () => {
    const [alarm] = await openAlarms();
    const [order] = await orders();
    if (!alarm || !order) throw new Error('no alarm or no order');
    const acknowledged = await client.send<{ changed: boolean; alarm: AlarmView }>(
      'POST',
      `/api/v1/alarms/${alarm.id}/acknowledge`,
      {},
    );
    expect(acknowledged).toMatchObject({ status: 200, body: { changed: true, alarm: { state: 'ACKED' } } });
    for (const step of ['accept', 'arrive']) {
      expect((await client.send('POST', `/api/v1/work-orders/${order.id}/${step}`, {})).status, step).toBe(200);
    }
    const cleared = Date.now();
    sim('clear', TRANSFORMER);
    // Three times within a minute is flapping: the return is told after a quiet minute.
    await until('the alarm is gone', 120_000, () => shownAt(['NORM'], cleared), 50);
    for (const step of ['complete', 'verify']) {
      expect((await client.send('POST', `/api/v1/work-orders/${order.id}/${step}`, {})).status, step).toBe(200);
    }
    const closed = await client.get<OrderView>(`/api/v1/work-orders/${order.id}`);
    expect(closed.state).toBe('CLOSED');
    for (const clock of Object.values(closed.clocks))
      expect(clock).toMatchObject({ state: 'met', stoppedAt: expect.any(String) });
    expect(closed.journal.map((entry) => entry.step)).toEqual(
      expect.arrayContaining(['create', 'accept', 'arrive', 'complete', 'verify']),
    );
    expect(closed.journal.every((entry) => entry.actor !== '' && entry.at !== '')).toBe(true);
    const { items } = await client.get<List<{ event: string; seq: number }>>(
      `/api/v1/alarm-journal?alarmId=${alarm.id}&limit=500`,
    );
    const events = items.sort((a, b) => a.seq - b.seq).map((entry) => entry.event);
    expect(events.filter((event) => event === 'ACTIVE')).toHaveLength(1);
    expect(events.filter((event) => event === 'RE-ACTIVE')).toHaveLength(2);
    expect(events.filter((event) => event === 'RTN')).toHaveLength(3);
    expect(events).toEqual(expect.arrayContaining(['WORK_ORDER', 'ACK', 'CLOSED']));
    expect(await openAlarms()).toEqual([]);
  }, 240_000);

  it('stops every process within 5 s of Ctrl-C', async () => {
    live.close();
    const began = Date.now();
    product.program.child.kill('SIGINT');
    expect(await product.program.ended).toBe(0);
    expect(Date.now() - began).toBeLessThanOrEqual(5_000);
    const left = spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line.includes(product.dataDir));
    expect(left).toEqual([]);
  }, 30_000);
});
