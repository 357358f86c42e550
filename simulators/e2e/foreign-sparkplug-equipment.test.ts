// Equipment that speaks Sparkplug B by a library that is not ours (pysparkplug), taken in by a gateway: read and commanded
// through the server, and not one of its values lost while the server is away.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startFieldBroker } from '../protocols/mqtt/broker.ts';
import { signIn } from './client.ts';
import {
  embeddedDatabaseUrl,
  freePort,
  partsMissing,
  startProduct,
  startProgram,
  temporaryFolder,
  until,
} from './product.ts';

const VENV = process.env['LOUWEI_TEST_VENV'] ?? '/opt/louwei-test';
const LIBRARIES = join(VENV, 'lib');
const [python = 'python3'] = existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [];
const missing = partsMissing(join(VENV, 'bin/python3'), join(LIBRARIES, python, 'site-packages/pysparkplug'));
const NODE = 'pump-house';

/** As an engineer writes it from the list of metrics in the node's birth. */
const MODEL = {
  model: 'site/booster',
  label: { zh: '泵房给水泵组', en: 'Booster set of the pump house' },
  class: 'booster-pump-set',
  proof: 'device-tested',
  sources: [{ title: 'birth certificate of the edge node' }],
  protocol: 'sparkplug',
  points: {
    outletPressure: { metric: 'Outlet/Pressure' },
    pressureSetpoint: {
      metric: 'Outlet/SetPoint',
      write: {
        range: [0.2, 0.8],
        step: 0.01,
        interlock: [{ point: 'autoMode', is: 1 }],
        readBack: { point: 'pressureSetpoint', withinS: 15, tolerance: 0.001 },
      },
    },
    motorCurrent: { metric: 'Drive/Current' },
    pump1Running: { metric: 'Pump 1/State', map: { Stopped: 0, Running: 1 } },
    autoMode: { metric: 'Mode/Auto' },
    dryRun: { metric: 'Dry Run' },
  },
  examples: [{ point: 'pump1Running', raw: 'Running', value: 1 }],
};

interface Detail {
  readonly online: boolean;
  readonly connection: string;
  readonly values: { readonly point: string; readonly value: number; readonly quality: string }[];
}

interface TestRead {
  readonly online: boolean;
  readonly readings: readonly { readonly quality: string }[];
}

describe.skipIf(missing)('foreign Sparkplug equipment behind a gateway', () => {
  it('is read, commanded, kept over an outage of the server, and missed when it dies', async () => {
    const folder = temporaryFolder();
    const profiles = join(folder.path, 'profiles');
    mkdirSync(join(profiles, 'models/site'), { recursive: true });
    writeFileSync(join(profiles, 'models/site/booster.yaml'), stringify(MODEL));
    const mqttPort = String(await freePort());
    const start = () =>
      startProduct({
        script: 'server/app/main.ts',
        dataDir: join(folder.path, 'data'),
        env: { LOUWEI_BUILTIN_GATEWAY: 'gw-x', LOUWEI_MQTT_PORT: mqttPort, LOUWEI_PROFILES: profiles },
      });
    let server = await start();
    const broker = await startFieldBroker();
    const { password } = broker.admitEdgeNode(NODE, 'plant');
    const said: string[] = [];
    const arguments_ = [join(import.meta.dirname, 'foreign_sparkplug_pump.py'), String(broker.port), NODE, password];
    const pump: ChildProcess = spawn(join(VENV, 'bin/python3'), arguments_);
    for (const stream of [pump.stdout, pump.stderr]) stream?.on('data', (bytes) => said.push(String(bytes)));
    const config = join(folder.path, 'gateway.yaml');
    const connection = { url: broker.url, group: 'plant', edgeNode: NODE, device: 'booster', hostId: 'louwei' };
    writeFileSync(
      config,
      stringify({
        gateway: 'gw-x',
        dataDir: './gateway',
        commands: 'enabled',
        profiles: [profiles],
        management: { publicKeyFile: join(server.dataDir, 'management-key.txt') },
        uplink: {
          url: `mqtt://127.0.0.1:${mqttPort}`,
          username: 'gw-x',
          passwordFile: join(server.dataDir, 'secrets/gateway-gw-x.json'),
        },
        devices: [{ id: 'BP-9', model: 'site/booster', connection }],
      }),
    );
    const gateway = startProgram('gateway/app/main.js', ['--config', config], {});
    let database: pg.Client | undefined;
    try {
      let client = await signIn(server.url);
      const detail = () => client.get<Detail>('/api/v1/equipment/BP-9');
      const value = async (point: string) => (await detail()).values.find((one) => one.point === point);
      await until('values flow', 60_000, async () => Number((await value('motorCurrent'))?.value) > 4).catch(
        (error: unknown) => {
          throw new Error(`${error}\n${said.join('')}\n${gateway.stdout().slice(-3000)}`);
        },
      );
      expect(await value('pump1Running')).toMatchObject({ value: 1, quality: 'good' });
      expect((await value('outletPressure'))?.value).toBeCloseTo(0.45, 5);
      expect((await detail()).connection).toBe(`sparkplug ${broker.url} plant/${NODE}/booster`);

      // The node says good-bye and connects anew when it is asked for its birth.
      const neighbour = { id: 'BP-10', model: 'site/booster', connection };
      const { body } = await client.send<TestRead>('POST', '/api/v1/gateways/gw-x/test-reads', { device: neighbour });
      expect(body).toMatchObject({ online: true, reason: null });
      expect(body.readings.map(({ quality }) => quality)).toEqual(body.readings.map(() => 'good'));
      expect(body.readings).toHaveLength(Object.keys(MODEL.points).length);
      await until('the device is there again', 40_000, async () => (await detail()).online);

      const order = { equipmentId: 'BP-9', point: 'pressureSetpoint', value: 0.6, reason: 'foreign node' };
      const issued = await until('the command is taken', 30_000, async () => {
        const answer = await client.send<{ id: string }>('POST', '/api/v1/commands', order);
        return answer.status === 202 && answer.body;
      });
      const ended = await until('the command ends', 60_000, async () => {
        const { items } = await client.get<{ items: { id: string; state: string }[] }>(
          '/api/v1/commands?equipmentId=BP-9',
        );
        return items.find((one) => one.id === issued.id && one.state !== 'sent');
      });
      expect(ended, said.join('')).toMatchObject({ state: 'confirmed' });
      expect(said.join('')).toMatch(/told None 1 FLOAT 0\.6/);

      // Around a birth this library also sends values before it, which nobody can take.
      const quiet = () => {
        const lines = said.join('').trim().split('\n').slice(-12);
        return lines.length === 12 && lines.every((line) => line.startsWith('sent '));
      };
      await until('no birth is asked for any more', 60_000, quiet);
      const before = Number((await value('motorCurrent'))?.value);
      await server.stop();
      const sent = () => said.join('').split('sent ').length;
      const sentBefore = sent();
      await until('the pump goes on', 30_000, () => sent() > sentBefore + 20);
      server = await start();
      client = await signIn(server.url);
      const after = await until('values flow again', 60_000, async () => {
        const one = await value('motorCurrent');
        return one !== undefined && one.quality === 'good' && Number(one.value) > before + 20 && Number(one.value);
      });
      database = new pg.Client({ connectionString: embeddedDatabaseUrl(server.dataDir) });
      await database.connect();
      const stored = database;
      const wanted = Array.from({ length: after - before }, (_, index) => before + index);
      const missingOnes = async (): Promise<number[]> => {
        const { rows } = await stored.query<{ value: number }>(
          `SELECT DISTINCT s.value FROM sample s JOIN point p ON p.id = s.point_id
           WHERE p.equipment_id = 'BP-9' AND p.name = 'motorCurrent'`,
        );
        const seen = new Set(rows.map((row) => Number(row.value)));
        return wanted.filter((one) => !seen.has(one));
      };
      await until('the outage is filled up', 60_000, async () => (await missingOnes()).length === 0).catch(async () => {
        throw new Error(`missing of ${before} to ${after}: ${await missingOnes()}\n${said.join('')}`);
      });

      pump.kill('SIGKILL');
      await until('its death is known', 40_000, async () => !(await detail()).online);
    } finally {
      pump.kill('SIGKILL');
      await gateway.stop();
      await database?.end();
      await server.stop();
      await broker.stop();
      folder.remove();
    }
  }, 240_000);
});
