// The Sparkplug driver against a real broker and edge nodes written with Tahu's payload library: births, data by alias,
// a lost message, deaths, STATE, a restart without a birth, a lost broker, commands, and devices that come and go.
import { sparkplugModel } from '@louwei/device-profiles';
import type { UMetric } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FixtureHost, fixtureClass, fixtureHeader, fixtureHost, until } from '../host.fixture.ts';
import type { Driver } from '../port.ts';
import { sparkplugConnection } from './connection.ts';
import { sparkplugDriver } from './driver.ts';
import {
  startTestBroker,
  startTestNode,
  type TestBroker,
  type TestNode,
  type TestNodeOptions,
} from './edge-node.fixture.ts';

const WAIT_MS = 40_000;
const write = { range: [0, 900], readBack: { point: 'pressure', withinS: 5 } };
const model = sparkplugModel.parse({
  ...fixtureHeader,
  model: 'test/sparkplug',
  protocol: 'sparkplug',
  points: {
    running: { metric: 'Motor/State', map: { Stopped: 0, Running: 1 } },
    pressure: { metric: 'Pressure', scale: 0.1, write: { ...write, metric: 'Pressure/SetPoint' } },
    level: { metric: 'Level', write: { ...write, readBack: { point: 'level', withinS: 5 } } },
    energy: { metric: 'Energy' },
    serial: { metric: 'Properties/Serial' },
  },
  examples: [{ point: 'pressure', raw: 3200, value: 320 }],
});

const shown = { pressure: 3200, level: 1.5 };
const birth = (): UMetric[] => [
  { name: 'Motor/State', alias: 1, type: 'String', value: 'Running' },
  { name: 'Pressure', alias: 2, type: 'Int16', value: shown.pressure },
  { name: 'Pressure/SetPoint', alias: 3, type: 'UInt16', value: 3000 },
  { name: 'Level', type: 'Float', value: shown.level },
  { name: 'Energy', alias: 4, type: 'UInt64', value: 12_345_678 },
];
/** What edge nodes leave out of data: name and data type. */
const byAlias = (
  alias: number,
  type: UMetric['type'],
  value: UMetric['value'],
  more: Partial<UMetric> = {},
): UMetric => ({
  alias,
  type,
  value,
  timestamp: Date.now(),
  ...more,
});

let broker: TestBroker;
let host: FixtureHost;
let driver: Driver;
let nodes: TestNode[];

const configured = (id: string, device: string | undefined, more: Record<string, unknown> = {}) => ({
  id,
  model,
  class: fixtureClass,
  connection: sparkplugConnection.parse({ url: broker.url, group: 'plant', edgeNode: 'pumps', device, ...more }),
  pollMs: { fast: 1000, normal: 5000, slow: 60_000 },
});
const start = async (devices = [configured('P-1', 'pump-1'), configured('P-2', 'pump-2')]): Promise<void> => {
  driver = sparkplugDriver.create(devices, host);
  await driver.start();
};
const node = async (options: Partial<TestNodeOptions> = {}): Promise<TestNode> => {
  const births = { 'pump-1': birth, 'pump-2': birth };
  const made = await startTestNode({ url: broker.url, group: 'plant', node: 'pumps', births, ...options });
  nodes.push(made);
  return made;
};
/** Born as soon as the driver listens, so that nothing has to be asked for. */
const bornNode = async (options: Partial<TestNodeOptions> = {}): Promise<TestNode> => {
  const made = await node(options);
  await until(() => broker.subscribed.has('spBv1.0/plant/DDATA/pumps/+'), 'the driver listens', WAIT_MS);
  made.bear();
  return made;
};
const online = (id: string): Promise<void> => until(() => host.stateOf(id)?.online === true, `${id} online`, WAIT_MS);
const offline = (id: string): Promise<void> =>
  until(() => host.stateOf(id)?.online === false, `${id} offline`, WAIT_MS);
const value = (id: string, point: string, wanted: unknown): Promise<void> =>
  until(() => host.latest(id, point)?.value === wanted, `${id} ${point} ${wanted}`, WAIT_MS);

beforeEach(async () => {
  shown.pressure = 3200;
  nodes = [];
  broker = await startTestBroker();
  host = fixtureHost();
});
afterEach(async () => {
  await driver.stop();
  for (const one of nodes) one.die();
  await broker.close();
  host.dispose();
});

describe('Sparkplug driver', () => {
  it('asks a node that was born before for its birth, and reads births and data by name and alias', async () => {
    const pumps = await node();
    pumps.bear();
    await start();
    await online('P-1');
    await online('P-2');
    expect(pumps.rebirths()).toBeGreaterThan(0);
    expect(host.latest('P-1', 'pressure')).toMatchObject({ value: 320, quality: 'good' });
    expect(host.latest('P-2', 'energy')).toMatchObject({ value: 12_345_678, quality: 'good' });
    expect(host.latest('P-1', 'running')).toMatchObject({ value: 1, quality: 'good' });
    expect(host.latest('P-1', 'serial')).toMatchObject({ value: null, quality: 'not-present' });
    const timestamp = Date.now() - 5_000;
    pumps.data('pump-1', [
      byAlias(2, 'Int16', -15, { timestamp }),
      { name: 'Level', type: 'Float', value: 2.5, timestamp },
      byAlias(1, 'String', 'Stopped'),
    ]);
    await value('P-1', 'running', 0);
    expect(host.latest('P-1', 'pressure')).toMatchObject({ value: -1.5, quality: 'good', deviceTimeMs: timestamp });
    expect(host.latest('P-1', 'level')).toMatchObject({ value: 2.5 });
    expect(host.latest('P-2', 'pressure')).toMatchObject({ value: 320 });
  });

  it('passes quality, null, history and what cannot be read on as what they are', async () => {
    await start();
    const pumps = await bornNode();
    await online('P-1');
    const longAgo = Date.now() - 3_600_000;
    const bad = (code: number): Partial<UMetric> => ({ properties: { Quality: { type: 'Int32', value: code } } });
    pumps.data('pump-1', [
      byAlias(2, 'Int16', 100, bad(0)),
      { name: 'Level', type: 'Float', value: 3, ...bad(500) },
      byAlias(4, 'UInt64', null),
      byAlias(1, 'String', 'Exploded'),
    ]);
    await until(() => host.latest('P-1', 'running')?.quality === 'decode-error', 'an unknown state', WAIT_MS);
    expect(host.latest('P-1', 'pressure')).toMatchObject({ quality: 'sensor-fault' });
    expect(host.latest('P-1', 'level')).toMatchObject({ value: 3, quality: 'stale' });
    expect(host.latest('P-1', 'energy')).toMatchObject({ value: null, quality: 'not-present' });
    pumps.data('pump-1', [byAlias(2, 'Int16', 200)]);
    pumps.data('pump-1', [byAlias(2, 'Int16', 990, { timestamp: longAgo, isHistorical: true })]);
    const past = () => host.received.find(({ reading }) => reading.value === 99)?.reading;
    await until(() => past() !== undefined, 'the past', WAIT_MS);
    expect(past()).toMatchObject({ quality: 'stale', gatewayTimeMs: longAgo, deviceTimeMs: longAgo });
    expect(host.latest('P-1', 'pressure')).toMatchObject({ value: 20, quality: 'good' });
  });

  it('believes nothing after a lost message, asks for a birth, and reads on', async () => {
    await start();
    const pumps = await bornNode();
    await online('P-1');
    const before = pumps.rebirths();
    shown.pressure = 4000;
    pumps.data('pump-2', [byAlias(2, 'Int16', 1)], 1);
    await value('P-1', 'pressure', 400);
    expect(pumps.rebirths()).toBeGreaterThan(before);
    expect(host.received.some(({ reading }) => reading.value === 0.1)).toBe(false);
    pumps.data('pump-1', [byAlias(2, 'Int16', 4100)]);
    await value('P-1', 'pressure', 410);
    expect(host.states.filter(({ state }) => !state.online)).toEqual([]);
  });

  it('takes the death of a device, of the node, and not that of an earlier connection', async () => {
    await start();
    const pumps = await bornNode();
    await online('P-1');
    await online('P-2');
    pumps.deviceDeath('pump-1');
    await offline('P-1');
    expect(host.stateOf('P-1')).toEqual({ online: false, reason: 'death certificate of plant/pumps/pump-1' });
    expect(host.latest('P-1', 'pressure')).toMatchObject({ value: null, quality: 'not-connected' });
    pumps.nodeDeath(6);
    pumps.data('pump-2', [byAlias(2, 'Int16', 10)]);
    await value('P-2', 'pressure', 1);
    expect(host.stateOf('P-2')).toEqual({ online: true });
    pumps.die();
    await offline('P-2');
    expect(host.stateOf('P-2')).toEqual({ online: false, reason: 'death certificate of edge node plant/pumps' });
    (await node({ bdSeq: 8 })).bear();
    await online('P-1');
    await online('P-2');
  });

  it('says by STATE that it is there as a host, and by its will that it is gone', async () => {
    const states = () =>
      broker.heard.flatMap(({ topic, payload, retained }) =>
        topic === 'spBv1.0/STATE/bms' ? [{ ...JSON.parse(payload.toString()), retained }] : [],
      );
    await start([configured('P-1', 'pump-1', { hostId: 'bms' })]);
    await bornNode();
    await online('P-1');
    await until(() => states().length > 0, 'STATE', WAIT_MS);
    expect(states()).toEqual([{ online: true, timestamp: expect.any(Number), retained: true }]);
    const reader = fixtureHost();
    const once = driver.readOnce?.(configured('P-2', 'pump-2', { hostId: 'bms' }), reader);
    await once?.start();
    await until(() => reader.stateOf('P-2')?.online === true, 'read once', WAIT_MS);
    await once?.stop();
    reader.dispose();
    expect(states()).toHaveLength(1);
    await broker.publish('spBv1.0/STATE/bms', JSON.stringify({ online: false, timestamp: 1 }), true);
    await until(() => states().length === 3, 'says again that it is there', WAIT_MS);
    expect(states()[2]).toEqual(states()[0]);
    await driver.stop();
    await until(() => states().length === 4, 'the will', WAIT_MS);
    expect(states()[3]).toEqual({ ...states()[0], online: false });
  });

  it('loses the broker, says so, and comes back', async () => {
    await start();
    await bornNode();
    await online('P-1');
    const { port } = broker;
    await broker.close();
    await offline('P-1');
    expect(host.stateOf('P-1')).toMatchObject({ reason: expect.stringContaining('field broker mqtt://127.0.0.1') });
    broker = await startTestBroker(port);
    await bornNode();
    await online('P-1');
  });

  it('drops poison and what was retained, says so once, and goes on', async () => {
    await start();
    const pumps = await bornNode();
    await online('P-1');
    for (let count = 0; count < 20; count++)
      await broker.publish('spBv1.0/plant/DDATA/pumps/pump-1', Buffer.from([0xff, 0xff, 0xff]));
    pumps.data('pump-1', [byAlias(2, 'Int16', 70), byAlias(99, 'Int16', 1)]);
    await value('P-1', 'pressure', 7);
    const refused = host.logged.filter((line) => line.includes('Sparkplug messages not taken'));
    expect(refused.filter((line) => line.includes('malformed'))).toHaveLength(1);
    expect(refused.filter((line) => line.includes('unknown-metric'))).toHaveLength(1);
  });

  it('writes a metric in the type of its birth by alias or name, and nothing that it cannot', async () => {
    await start();
    expect(await driver.write?.('P-1', 'level', 2, () => true)).toMatchObject({ kind: 'not-sent' });
    const pumps = await bornNode();
    await online('P-1');
    const told = await driver.write?.('P-1', 'pressure', 250, () => true);
    expect(told).toEqual({ kind: 'unanswered', reason: 'Sparkplug does not acknowledge commands' });
    await driver.write?.('P-1', 'level', 2.25, () => true);
    await until(() => pumps.commands.length === 2, 'both commands', WAIT_MS);
    expect(pumps.commands[0]).toMatchObject({
      topic: 'spBv1.0/plant/DCMD/pumps/pump-1',
      metrics: [{ type: 'UInt16', value: 2500 }],
    });
    expect(Number(pumps.commands[0]?.metrics[0]?.alias)).toBe(3);
    expect(pumps.commands[0]?.metrics[0]?.name ?? '').toBe('');
    expect(pumps.commands[1]?.metrics[0]).toMatchObject({ name: 'Level', type: 'Float', value: 2.25 });
    expect(await driver.write?.('P-1', 'level', 2, () => false)).toMatchObject({ kind: 'not-sent' });
    expect(await driver.write?.('P-1', 'energy', 2, () => true)).toMatchObject({ kind: 'not-sent' });
    expect(await driver.write?.('P-9', 'level', 2, () => true)).toMatchObject({ kind: 'not-sent' });
    expect(pumps.commands).toHaveLength(2);
  });

  it('reads the node itself, and takes a new list of devices', async () => {
    const pumps = await node({ births: { '': birth, 'pump-1': birth } });
    await start([configured('N', undefined)]);
    await online('N');
    pumps.data('', [byAlias(2, 'Int16', 90)]);
    await value('N', 'pressure', 9);
    await driver.update([configured('N', undefined), configured('P-1', 'pump-1')]);
    await online('P-1');
    pumps.data('pump-1', [byAlias(2, 'Int16', 30)]);
    await value('P-1', 'pressure', 3);
    await driver.update([configured('P-1', 'pump-1')]);
    const count = host.received.filter(({ device }) => device === 'N').length;
    pumps.data('', [byAlias(2, 'Int16', 80)]);
    pumps.data('pump-1', [byAlias(2, 'Int16', 40)]);
    await value('P-1', 'pressure', 320);
    expect(host.received.filter(({ device }) => device === 'N')).toHaveLength(count);
  });
});
