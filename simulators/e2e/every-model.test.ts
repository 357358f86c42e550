// Every model that ships: its simulated device on a real socket, the real gateway process, and each point arrives with the
// value that the plant had. No Sparkplug model ships, because its metrics are those of a site: each MQTT model has a twin.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  type DeviceModel,
  type EquipmentClass,
  loadLibrary,
  type ModbusPoint,
  pointNames,
  type SparkplugModel,
  sparkplugModel,
} from '@louwei/device-profiles';
import { decodePayload, type Metric, parseSparkplugTopic, stateTopic, watermarkTopic } from '@louwei/gateway/sparkplug';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Sockets, startSockets } from '../app/sockets.ts';
import type { PointValue, PointValues } from '../plant/plant.ts';
import { PLANTS } from '../plant/registry.ts';
import type { SimulatedDevice } from '../protocols/device.ts';
import { type Program, startProgram, temporaryFolder, until } from './product.ts';

/** When the plants stand still: 2026-01-15 10:00 UTC, a working day. */
const NOW_MS = Date.UTC(2026, 0, 15, 10);
const library = loadLibrary();
const SHIPPED = [...library.models.values()].sort((a, b) => a.model.localeCompare(b.model));
const TWINS = SHIPPED.flatMap((model) => {
  const subject = library.classes.get(model.class);
  return model.protocol === 'mqtt' && subject !== undefined ? sparkplugTwin(model, subject) : [];
});
const MODELS: readonly DeviceModel[] = [...SHIPPED, ...TWINS];
const idOf = (model: DeviceModel): string => model.model.replace('/', '-');

describe('every shipped model, read by the gateway', () => {
  const folder = temporaryFolder();
  const devices = new Map(
    MODELS.filter((model) => PLANTS.has(model.class)).map((model) => [idOf(model), frozen(model)]),
  );
  let sockets: Sockets;
  let host: Awaited<ReturnType<typeof startHost>>;
  let gateway: Program;
  let timer: NodeJS.Timeout;

  beforeAll(async () => {
    const settings = { name: { zh: '设备', en: 'Device' }, place, unit: 1, securityMode: 'None' } as const;
    const building = [...devices.values()].map(({ id, model }) => ({
      settings: { ...settings, id, model: model.model },
      model,
    }));
    sockets = await startSockets({ seed: 1, devices: building }, [...devices.values()], folder.path);
    timer = setInterval(() => sockets.update(Date.now()), 200);
    host = await startHost();
    const config = join(folder.path, 'gateway.yaml');
    mkdirSync(join(folder.path, 'profiles/models/site'), { recursive: true });
    for (const { model, ...rest } of TWINS)
      writeFileSync(join(folder.path, `profiles/models/${model}.yaml`), stringify({ model, ...rest }));
    const file = {
      gateway: 'every-model',
      dataDir: './gateway',
      profiles: ['./profiles'],
      uplink: { url: `mqtt://127.0.0.1:${host.port}` },
      devices: building.map(({ settings: { id, model } }) => ({ id, model, connection: sockets.connections.get(id) })),
    };
    writeFileSync(config, stringify(file));
    gateway = startProgram('gateway/app/main.js', ['--config', config], {});
    const waiting = (): string[] =>
      [...devices.values()].filter(({ id, model }) => unread(id, model).length > 0).map(({ id }) => id);
    // A device that is never read fails its own test below, with the points that are missing.
    await until('every device has been read', 75_000, () => waiting().length === 0).catch(() => undefined);
  });

  const unread = (id: string, model: DeviceModel): string[] =>
    pointNames(model).filter((name) => host.devices.get(id)?.has(name) !== true);

  afterAll(async () => {
    await gateway?.stop();
    clearInterval(timer);
    await host?.stop();
    await sockets?.stop();
    folder.remove();
  });

  it('has a plant for the class of each model', () => {
    expect(TWINS.length).toBeGreaterThan(5);
    expect(MODELS.filter((model) => !devices.has(idOf(model))).map(({ model }) => model)).toEqual([]);
  });

  it.each([...devices.values()].map((device) => [device.model.model, device] as const))('%s', (_, device) => {
    expect(unread(device.id, device.model), gateway.stderr().slice(-500)).toEqual([]);
    const names = pointNames(device.model);
    const seen = host.devices.get(device.id) ?? new Map<string, Metric>();
    const wrong = names.flatMap((name) => {
      const wanted = device.values()[name] ?? null;
      const got = seen.get(name);
      if (got !== undefined && agrees(device.model, name, wanted, got)) return [];
      return [`${name}: ${String(got?.value)} (${got?.quality}) instead of ${String(wanted)}`];
    });
    expect(wrong).toEqual([]);
  });
});

/** The same points as metrics of an edge node; states and numbers as they are, so that one of them serves as the example. */
function sparkplugTwin({ model, label, class: name }: DeviceModel, subject: EquipmentClass): SparkplugModel[] {
  const points = Object.keys(subject.points).filter((point) => point !== 'comm');
  const example = points.find((point) => subject.points[point]?.kind === 'state');
  if (example === undefined) return [];
  const twin = {
    model: model.replace('generic/', 'site/'),
    label,
    class: name,
    proof: 'example',
    sources: [{ title: 'Birth certificate of an edge node' }],
    protocol: 'sparkplug',
    points: Object.fromEntries(points.map((point) => [point, { metric: `Equipment/${point}` }])),
    examples: [{ point: example, raw: true, value: 1 }],
  };
  return [sparkplugModel.parse(twin)];
}

const place = { site: 'Test', building: 'Test', floor: '1', room: 'Test' };

/** A device whose plant ran for two minutes and then stood still. */
function frozen(model: DeviceModel): SimulatedDevice {
  const machine = PLANTS.get(model.class)?.build(7);
  const none = new Set<string>();
  for (let second = 0; second < 120; second++) machine?.step(1, NOW_MS + second * 1000, none);
  const values: PointValues = machine?.points() ?? {};
  return { id: idOf(model), model, values: () => values, version: () => 1, offline: () => false };
}

function agrees(model: DeviceModel, name: string, wanted: PointValue, { value, quality }: Metric): boolean {
  // A product without a marker for "no value" shows zero.
  if (wanted === null) return (value === null && quality !== 'good') || value === 0 || value === false || value === '';
  if (quality !== 'good') return false;
  if (typeof wanted === 'string') return value === wanted;
  const number = Number(wanted);
  return Math.abs(Number(value) - number) <= toleranceOf(model, name, number);
}

/** One step of the product's own resolution; of floats what they hold. */
function toleranceOf(model: DeviceModel, name: string, value: number): number {
  const float = 1e-6 * Math.max(1, Math.abs(value));
  if (model.protocol !== 'modbus') return float;
  const mapped = Object.hasOwn(model.points, name) ? [model.points[name]] : Object.values(model.inputs);
  return Math.max(float, ...mapped.map((place) => (place === undefined ? 0 : stepOf(place))));
}

function stepOf(place: ModbusPoint): number {
  if (place.type === 'f32' || place.type === 'f64' || place.map !== undefined) return 0;
  return Math.abs(place.plus?.at(-1)?.scale ?? place.scale ?? 1) * 1.000001;
}

/** A broker with a host that commits whatever arrives and remembers the newest value of every point. */
async function startHost() {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const devices = new Map<string, Map<string, Metric>>();
  const names = new Map<string, string>();
  let last = { epoch: 0, seq: 0 };
  const publish = (topic: string, content: object) =>
    broker.publish(
      { cmd: 'publish', topic, payload: Buffer.from(JSON.stringify(content)), qos: 1, retain: true, dup: false },
      () => undefined,
    );
  publish(stateTopic('louwei'), { online: true, timestamp: Date.now() });
  broker.on('publish', (packet) => {
    const topic = parseSparkplugTopic(packet.topic);
    if (topic?.device === undefined || !Buffer.isBuffer(packet.payload)) return;
    const { metrics, delivery } = decodePayload(packet.payload);
    for (const metric of metrics) {
      const key = `${topic.device} ${metric.alias}`;
      if (topic.type === 'DBIRTH' && metric.name !== undefined) names.set(key, metric.name);
      const name = metric.name ?? names.get(key);
      // A birth repeats what is known; only data says that the device was read.
      if (topic.type !== 'DDATA' || name === undefined) continue;
      const points = devices.get(topic.device) ?? new Map<string, Metric>();
      devices.set(topic.device, points.set(name, metric));
    }
    for (const seq of delivery?.seqs ?? [])
      if (delivery !== undefined && seq > 0 && (delivery.epoch > last.epoch || seq > last.seq))
        last = { epoch: delivery.epoch, seq };
  });
  const timer = setInterval(() => {
    if (last.seq > 0) publish(watermarkTopic('louwei', 'every-model'), last);
  }, 50);
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    devices,
    async stop() {
      clearInterval(timer);
      await new Promise<void>((done) => broker.close(() => done()));
      await new Promise((done) => server.close(done));
    },
  };
}
