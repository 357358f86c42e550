// A simulated Sparkplug edge node as a host application on its broker meets it.
import { sparkplugModel } from '@louwei/device-profiles';
import { decodePayload, encodePayload, type Metric, type Payload } from '@louwei/gateway/sparkplug';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FieldBroker, startFieldBroker } from '../mqtt/broker.ts';
import type { MqttPublisher } from '../mqtt/device.ts';
import { CLOCK_OFF_MS, type Nuisance, nuisancesOf } from '../nuisance.ts';
import { startSparkplugDevice } from './device.ts';

const write = { range: [0, 900], readBack: { point: 'pressure', withinS: 5 } };
const model = sparkplugModel.parse({
  model: 'test/pump',
  label: { zh: '泵', en: 'Pump' },
  class: 'test-pump',
  proof: 'example',
  sources: [{ title: 'test' }],
  protocol: 'sparkplug',
  points: {
    running: { metric: 'Motor/State', map: { Stopped: 0, Running: 1 } },
    pressure: { metric: 'Pressure', scale: 0.1, write: { ...write, metric: 'Pressure/SetPoint' } },
  },
  examples: [{ point: 'pressure', raw: 3200, value: 320 }],
});
const TOPIC = 'spBv1.0/building';

let broker: FieldBroker;
let publisher: MqttPublisher;
let host: MqttClient;
let timer: NodeJS.Timeout;
let state: { running: number; pressure: number };
let isOffline: boolean;
const nuisances = new Set<Nuisance>();
let commands: [string, number][];
let heard: { topic: string; payload: Payload | null }[];

beforeEach(async () => {
  [state, isOffline, heard, commands] = [{ running: 1, pressure: 320 }, false, [], []];
  nuisances.clear();
  broker = await startFieldBroker();
  const device = {
    id: 'P-1',
    model,
    values: () => state,
    version: () => 1,
    offline: () => isOffline,
    has: (nuisance: Nuisance) => nuisances.has(nuisance),
    command: (point: string, value: number) => void commands.push([point, value]),
  };
  host = await connectAsync(broker.url, { protocolVersion: 4 });
  host.on('message', (topic, bytes) => heard.push({ topic, payload: decoded(bytes) }));
  await host.subscribeAsync(`${TOPIC}/#`, { qos: 1 });
  const account = broker.admitEdgeNode('P-1', 'building');
  publisher = startSparkplugDevice(device, { url: broker.url, group: 'building', ...account });
  timer = setInterval(() => publisher.update(Date.now()), 20);
});
afterEach(async () => {
  clearInterval(timer);
  await host.endAsync(true);
  await publisher.stop();
  await broker.stop();
});

function decoded(bytes: Buffer): Payload | null {
  try {
    return decodePayload(bytes);
  } catch {
    return null;
  }
}
async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
const of = (type: string) => heard.filter(({ topic }) => topic.startsWith(`${TOPIC}/${type}/`));
const metricsOf = (type: string): readonly Metric[] => of(type).at(-1)?.payload?.metrics ?? [];
const tell = (type: 'NCMD' | 'DCMD', metric: Partial<Metric>): void => {
  const whole = { type: 'Double', value: 1, timestampMs: 1, quality: 'good', ...metric } as const;
  const to = type === 'NCMD' ? `${TOPIC}/NCMD/P-1` : `${TOPIC}/DCMD/P-1/P-1`;
  host.publish(to, encodePayload({ timestampMs: 1, metrics: [whole] }));
};

it('is born with names and aliases, reports changes by alias in sequence, and again when asked', async () => {
  await until('born', () => of('DBIRTH').length === 1);
  expect(metricsOf('NBIRTH').map(({ name, value }) => [name, value])).toEqual([
    ['bdSeq', 0],
    ['Node Control/Rebirth', false],
  ]);
  expect(metricsOf('DBIRTH').map(({ name, alias, value }) => [name, alias, value])).toEqual([
    ['Motor/State', 0, 'Running'],
    ['Pressure', 1, 3200],
    ['Pressure/SetPoint', 2, null],
  ]);
  state = { ...state, pressure: 330 };
  await until('a change', () => of('DDATA').length === 1);
  expect(metricsOf('DDATA')).toMatchObject([{ alias: 1, value: 3300 }]);
  expect(metricsOf('DDATA')[0]?.name).toBeUndefined();
  expect(heard.map(({ payload }) => payload?.seq)).toEqual([0, 1, 2]);
  tell('NCMD', { name: 'Node Control/Rebirth', type: 'Boolean', value: true });
  await until('born again', () => of('DBIRTH').length === 2);
  expect(of('NBIRTH').at(-1)?.payload?.seq).toBe(0);
});

it('obeys commands by alias and by name within the range of its model', async () => {
  await until('born', () => of('DBIRTH').length === 1);
  tell('DCMD', { alias: 2, value: 9500 });
  tell('DCMD', { alias: 2, value: 2500 });
  tell('DCMD', { name: 'Pressure/SetPoint', value: 3000 });
  tell('DCMD', { name: 'Motor/State', type: 'String', value: 'Stopped' });
  await until('both commands', () => commands.length === 2);
  expect(commands).toEqual([
    ['pressure', 250],
    ['pressure', 300],
  ]);
});

it('dies by its will with the bdSeq of its birth, and comes back with the next', async () => {
  await until('born', () => of('DBIRTH').length === 1);
  isOffline = true;
  await until('dead', () => of('NDEATH').length === 1);
  expect(metricsOf('NDEATH')).toMatchObject([{ name: 'bdSeq', value: 0 }]);
  isOffline = false;
  await until('back', () => of('DBIRTH').length === 2);
  expect(metricsOf('NBIRTH')).toMatchObject([{ name: 'bdSeq', value: 1 }, {}]);
});

it('has its nuisances, and nobody else speaks for it', async () => {
  expect(Object.keys(nuisancesOf(model))).toEqual(expect.arrayContaining(['clock-off', 'garbled']));
  await until('born', () => of('DBIRTH').length === 1);
  nuisances.add('clock-off');
  state = { ...state, pressure: 340 };
  await until('a change', () => of('DDATA').length === 1);
  expect(metricsOf('DDATA')[0]?.timestampMs).toBeGreaterThan(Date.now() + CLOCK_OFF_MS / 2);
  nuisances.clear();
  nuisances.add('garbled');
  state = { ...state, pressure: 350 };
  await until('damage', () => of('DDATA').some(({ payload }) => payload === null));
  nuisances.clear();
  nuisances.add('dropped-connection');
  await until('its will', () => of('NDEATH').length > 0);
  nuisances.clear();
  const intruder = await connectAsync(broker.url, { protocolVersion: 4, reconnectPeriod: 0 });
  const refused = new Promise<void>((done) => intruder.once('close', () => done()));
  intruder.publish(`${TOPIC}/NDEATH/P-1`, '', { qos: 1 }, () => undefined);
  await refused;
});
