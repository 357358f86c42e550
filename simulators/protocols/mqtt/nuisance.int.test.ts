// Each nuisance of an MQTT device as a client of the field broker meets it.
import { loadLibrary } from '@louwei/device-profiles';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { PointValues } from '../../plant/plant.ts';
import { CLOCK_OFF_MS, type Nuisance, SLOW_ANSWER_MS } from '../nuisance.ts';
import { type FieldBroker, startFieldBroker } from './broker.ts';
import { type MqttPublisher, startMqttDevice } from './device.ts';

let broker: FieldBroker;
let publisher: MqttPublisher;
let client: MqttClient;
let timer: NodeJS.Timeout;
const nuisances = new Set<Nuisance>();
let values: PointValues = { activeFireCount: 0, fire: false };
const states: { payload: Buffer; atMs: number }[] = [];
const availability: string[] = [];

beforeAll(async () => {
  const model = loadLibrary().models.get('generic/fire-alarm-panel');
  if (model?.protocol !== 'mqtt') throw new Error('generic/fire-alarm-panel is an MQTT model');
  broker = await startFieldBroker();
  const device = {
    id: 'FP-1',
    model,
    values: () => values,
    version: () => 1,
    offline: () => false,
    has: (nuisance: Nuisance) => nuisances.has(nuisance),
  };
  const options = { url: broker.url, baseTopic: 'building/FP-1', ...broker.admit('FP-1', 'building/FP-1') };
  publisher = startMqttDevice(device, options);
  client = await connectAsync(broker.url, { protocolVersion: 4 });
  client.on('message', (topic, payload) => {
    if (topic.endsWith('/state')) states.push({ payload, atMs: Date.now() });
    else availability.push(payload.toString());
  });
  await client.subscribeAsync('building/#', { qos: 1 });
  timer = setInterval(() => publisher.update(Date.now()), 50);
  await until('the first message', () => states.length > 0);
});
afterEach(() => nuisances.clear());
afterAll(async () => {
  clearInterval(timer);
  await client?.endAsync(true);
  await publisher?.stop();
  await broker?.stop();
});

async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within 15 s: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

let count = 0;
/** Changes a value under the nuisance. @returns the first message that came after it. */
async function changedUnder(nuisance: Nuisance | undefined, isIt = (_: string): boolean => true) {
  if (nuisance !== undefined) nuisances.add(nuisance);
  const seen = states.length;
  const changedMs = Date.now();
  values = { ...values, activeFireCount: ++count };
  const find = () => states.slice(seen).find(({ payload }) => isIt(payload.toString()));
  await until(`a message under ${nuisance}`, () => find() !== undefined);
  const found = find();
  if (found === undefined) throw new Error('no message');
  return { text: found.payload.toString(), lateMs: found.atMs - changedMs };
}
const showsCount = (text: string): boolean => text.includes(`"activeFireCount":${count}`);

it('sends what no JSON reader takes when garbled', async () => {
  const { text } = await changedUnder('garbled');
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

it('sends the time of an hour ahead when its clock is off', async () => {
  const { text } = await changedUnder('clock-off', showsCount);
  const aheadMs = Date.parse((JSON.parse(text) as { time: string }).time) - Date.now();
  expect(aheadMs).toBeGreaterThan(CLOCK_OFF_MS - 60_000);
});

it('sends late when slow', async () => {
  const { lateMs } = await changedUnder('slow-answers', showsCount);
  expect(lateMs).toBeGreaterThan(SLOW_ANSWER_MS - 50);
});

it('loses its connection again and again, so that its last will speaks, and is back afterwards', async () => {
  availability.length = 0;
  nuisances.add('dropped-connection');
  await until('two last wills', () => availability.filter((text) => text === 'offline').length >= 2);
  nuisances.clear();
  await changedUnder(undefined, showsCount);
  // The broker may hear of the last lost connection after the next one is there.
  await until('it says that it is back', () => availability.at(-1) === 'online');
});
