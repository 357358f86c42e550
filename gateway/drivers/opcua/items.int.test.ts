// What a real server is asked to do with each item: queue and deadband follow from how the point is reported, and a server that
// does not know the filter gets the item without it.
import { opcuaModel } from '@louwei/device-profiles';
import { DataType, DeadbandType, type MonitoredItem, StatusCodes, type UAVariable, Variant } from 'node-opcua';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type FixtureHost, fixtureHeader, fixtureHost, until } from '../host.fixture.ts';
import { opcuaDriver } from './driver.ts';
import {
  deviceTo,
  driverTo,
  makeServerCertificate,
  type ServerFixture,
  startServer,
  subscriptionsOf,
} from './server.fixture.ts';

const model = opcuaModel.parse({
  ...fixtureHeader,
  model: 'test/items',
  protocol: 'opcua',
  opcua: { publishingIntervalMs: 1000, samplingIntervalMs: 0 },
  points: {
    running: { node: 'ns=1;s={prefix}.Running' },
    pressure: { node: 'ns=1;s={prefix}.Exact', scale: 10 },
    level: { node: 'ns=1;s={prefix}.Ranged' },
    energy: { node: 'ns=1;s={prefix}.Pressure' },
    serial: { node: 'ns=1;s={prefix}.Serial' },
  },
  examples: [{ point: 'pressure', raw: 1, value: 10 }],
});

let certificateHost: FixtureHost;
let certificates: string;
let host: FixtureHost;
let fixture: ServerFixture;
let exact: UAVariable;

beforeAll(async () => {
  certificateHost = fixtureHost();
  certificates = await makeServerCertificate(certificateHost);
});
afterAll(() => certificateHost.dispose());
beforeEach(async () => {
  host = fixtureHost();
  fixture = await startServer(certificates, 0, { minSupportedSampleRate: 0 });
  const space = fixture.server.engine.addressSpace?.getOwnNamespace();
  const folder = fixture.pressure.parent;
  if (space === undefined || folder === null) throw new Error('no address space');
  exact = space.addVariable({
    componentOf: folder,
    browseName: 'Exact',
    nodeId: 's=P1.Exact',
    dataType: DataType.Double,
    // Every change is noticed, not only what the next sampling finds.
    minimumSamplingInterval: 0,
  });
  set(10, 0);
  space.addAnalogDataItem({
    componentOf: folder,
    browseName: 'Ranged',
    nodeId: 's=P1.Ranged',
    dataType: DataType.Double,
    engineeringUnitsRange: { low: 0, high: 40 },
    value: new Variant({ dataType: DataType.Double, value: 4 }),
  });
  return async () => {
    await fixture.stop();
    host.dispose();
  };
});

const EPOCH_MS = Date.UTC(2026, 0, 1);
const set = (value: number, atMs: number): void =>
  exact.setValueFromSource(
    new Variant({ dataType: DataType.Double, value }),
    StatusCodes.Good,
    new Date(EPOCH_MS + atMs),
  );

function itemOf(name: string): MonitoredItem {
  for (const subscription of subscriptionsOf(fixture)) {
    const { monitoredItems } = subscription as unknown as { monitoredItems: Map<number, MonitoredItem> };
    for (const item of monitoredItems.values())
      if (item.itemToMonitor.nodeId?.toString() === `ns=1;s=P1.${name}`) return item;
  }
  throw new Error(`the server does not watch ${name}`);
}
const filterOf = (name: string): unknown => itemOf(name).filter;
const pressures = () => host.news('pump-1', 'pressure');

async function withDriver(report: Record<string, object>, test: () => Promise<void>): Promise<void> {
  const driver = driverTo(host, fixture.port, 'P1', undefined, { model, report });
  await driver.start();
  try {
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 60_000);
    await test();
  } finally {
    await driver.stop();
  }
}

it('hands over every value of the queue, in order, each with its source time', () =>
  withDriver({}, async () => {
    expect(itemOf('Exact').queueSize).toBe(21);
    const wanted = Array.from({ length: 12 }, (_, index) => ({
      value: index % 2 === 0 ? 20 + index : 3,
      atMs: index + 1,
    }));
    for (const { value, atMs } of wanted) set(value, atMs);
    const last = wanted.at(-1)?.atMs ?? 0;
    await until(() => pressures().at(-1)?.deviceTimeMs === EPOCH_MS + last, 'the last value', 30_000);
    expect(pressures().slice(-wanted.length)).toMatchObject(
      wanted.map(({ value, atMs }) => ({ value: value * 10, quality: 'good', deviceTimeMs: EPOCH_MS + atMs })),
    );
    expect(host.logged.join('')).not.toContain('queue');
  }));

it('keeps the newest of the queue when it was too short, and says that values are lost', () =>
  withDriver({}, async () => {
    for (let n = 1; n <= 40; n++) set(100 + n, n);
    await until(() => pressures().at(-1)?.deviceTimeMs === EPOCH_MS + 40, 'the newest value', 30_000);
    expect(host.logged.join('')).toContain('the queue of the OPC UA server was full');
    expect(pressures().at(-1)).toMatchObject({ value: 1400, quality: 'good' });
  }));

it('asks for the deadband in raw units, a percentage by the range the node has, and for one value where one is enough', () =>
  withDriver({ pressure: { deadband: 8 }, level: { deadband: '5%' }, energy: { minIntervalS: 60 } }, async () => {
    expect(filterOf('Exact')).toMatchObject({ deadbandType: DeadbandType.Absolute, deadbandValue: 0.4 });
    expect(filterOf('Ranged')).toMatchObject({ deadbandType: DeadbandType.Absolute, deadbandValue: 1 });
    for (const name of ['Running', 'Serial', 'Pressure']) expect(filterOf(name)).toBeNull();
    expect(itemOf('Pressure').queueSize).toBe(1);
    expect(itemOf('Running').queueSize).toBe(21);
    const before = pressures().length;
    set(10.3, 1);
    set(10.5, 2);
    await until(() => host.latest('pump-1', 'pressure')?.value === 105, 'a change beyond the deadband', 30_000);
    expect(pressures().slice(before)).toMatchObject([{ value: 105, deviceTimeMs: EPOCH_MS + 2 }]);
  }));

it('takes the item without the filter where the server refuses it, and asks for no percentage of nothing', async () => {
  const text = fixture.server.engine.addressSpace?.findNode('ns=1;s=P1.Serial') as UAVariable;
  text.setValueFromSource(new Variant({ dataType: DataType.String, value: '12.5' }));
  const points = { ...model.points, pressure: { node: 'ns=1;s={prefix}.Serial' } };
  const driver = driverTo(host, fixture.port, 'P1', undefined, {
    model: { ...model, points },
    report: { pressure: { deadband: 2 }, energy: { deadband: '5%' } },
  });
  await driver.start();
  try {
    await until(() => host.latest('pump-1', 'pressure') !== undefined, 'a value', 60_000);
    expect(host.latest('pump-1', 'pressure')).toMatchObject({ value: 12.5, quality: 'good' });
    expect(host.latest('pump-1', 'energy')).toMatchObject({ value: 12.5, quality: 'good' });
    expect(filterOf('Pressure')).toBeNull();
  } finally {
    await driver.stop();
  }
});

it('makes the session anew when the deadband is changed, and only then', async () => {
  const configured = (report: Record<string, object>) => deviceTo(fixture.port, 'P1', undefined, { model, report });
  const driver = opcuaDriver.create([configured({ pressure: { deadband: 8, maxSilenceS: 60 } })], host);
  await driver.start();
  try {
    await until(() => host.latest('pump-1', 'serial') !== undefined, 'first values', 60_000);
    const [session] = subscriptionsOf(fixture);
    await driver.update([configured({ pressure: { deadband: 8, maxSilenceS: 30 } })]);
    expect(subscriptionsOf(fixture)).toEqual([session]);
    await driver.update([configured({ pressure: { deadband: 4 } })]);
    await until(
      () => subscriptionsOf(fixture).some((one) => one !== session && one.monitoredItemCount > 5),
      'anew',
      60_000,
    );
    expect(filterOf('Exact')).toMatchObject({ deadbandValue: 0.2 });
  } finally {
    await driver.stop();
  }
});
