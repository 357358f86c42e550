// A Sparkplug edge library that is not ours (pysparkplug) publishes to the server: births, data by name and by alias alone,
// its death, and a new birth when a restarted server asks for one.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signIn } from './client.ts';
import { freePort, partsMissing, startProduct, temporaryFolder, until } from './product.ts';

const VENV = process.env['LOUWEI_TEST_VENV'] ?? '/opt/louwei-test';
const LIBRARIES = join(VENV, 'lib');
const [python = 'python3'] = existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [];
const missing = partsMissing(join(VENV, 'bin/python3'), join(LIBRARIES, python, 'site-packages/pysparkplug'));
const NODE = 'foreign-node';

interface Detail {
  online: boolean;
  class: string;
  points: { name: string }[];
  values: { point: string; value: number | string; quality: string; time: string }[];
}

describe.skipIf(missing)('a foreign Sparkplug edge node', () => {
  it('is registered with its points, read by name and by alias, missed when it dies, and asked for its birth', async () => {
    const folder = temporaryFolder();
    const mqttPort = String(await freePort());
    const start = () =>
      startProduct({
        script: 'server/app/main.ts',
        dataDir: join(folder.path, 'data'),
        env: { LOUWEI_BUILTIN_GATEWAY: NODE, LOUWEI_MQTT_PORT: mqttPort },
      });
    let server = await start();
    const said: string[] = [];
    const runNode = (): ChildProcess => {
      const secret = JSON.parse(readFileSync(join(server.dataDir, `secrets/gateway-${NODE}.json`), 'utf8'));
      const child = spawn(join(VENV, 'bin/python3'), [
        join(import.meta.dirname, 'foreign_sparkplug.py'),
        mqttPort,
        secret.username,
        secret.password,
      ]);
      child.stdout.on('data', (bytes) => said.push(String(bytes)));
      child.stderr.on('data', (bytes) => said.push(String(bytes)));
      return child;
    };
    let node = runNode();
    try {
      let client = await signIn(server.url);
      const detail = () => client.get<Detail>('/api/v1/equipment/boiler-7');
      const value = async (point: string) => (await detail()).values.find((one) => one.point === point);
      await until('readings by name and by alias', 40_000, async () => {
        const [temperature, starts] = [await value('temperature'), await value('starts')];
        return Number(temperature?.value) > 62 && Number(starts?.value) > 12;
      }).catch((error: unknown) => {
        throw new Error(`${error}\n${said.join('')}`);
      });
      expect(await detail()).toMatchObject({ online: true, class: 'generic-equipment' });
      expect(await value('running')).toMatchObject({ value: 1, quality: 'good' });
      expect(await value('note')).toMatchObject({ value: '锅炉', quality: 'good' });
      expect(await value('temperature')).toMatchObject({ quality: 'good' });

      node.kill('SIGKILL');
      await until('its death is known', 40_000, async () => !(await detail()).online);
      node = runNode();
      await until('it is back', 40_000, async () => (await detail()).online);

      await server.stop();
      server = await start();
      client = await signIn(server.url);
      const before = Number((await value('starts'))?.value ?? 0);
      await until('it reads on after the restart of the server', 60_000, async () => {
        const starts = await value('starts');
        return (await detail()).online && starts?.quality === 'good' && Number(starts.value) > before;
      }).catch((error: unknown) => {
        throw new Error(`${error}\n${said.slice(-20).join('')}\n${server.program.stderr().slice(-3000)}`);
      });
    } finally {
      node.kill('SIGKILL');
      await server.stop();
      folder.remove();
    }
  }, 240_000);
});
