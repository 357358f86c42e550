// The image's files are enough to run the gateway and stay as they are; unit, image and npm script start it alike; systemd
// takes the unit.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRtuOverTcp } from '../drivers/modbus/rtu-device.fixture.ts';
import { startSparkplugHost } from '../uplink/sparkplug-host.fixture.ts';
import { entriesBelow, environmentOf, layOutImage, ROOT, readLastStage, wordsOf } from './image.fixture.ts';

const ANALYZE = '/usr/bin/systemd-analyze';
const absent = !existsSync(ANALYZE);
if (absent && process.env['LOUWEI_TEST_REQUIRE'] === 'all')
  throw new Error(`required for these tests, but absent: ${ANALYZE}`);
if (absent) process.stderr.write(`SKIPPED: ${ANALYZE} is absent\n`);

const UNIT = readFileSync(join(import.meta.dirname, 'louwei-gateway.service'), 'utf8');
const INSTALLED = '/opt/louwei';
const stage = readLastStage();

const closers: (() => unknown)[] = [];
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-deploy-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(dir, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function until(what: string, said: () => string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 45_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}\n${said()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

describe('the image', () => {
  it('has what the gateway needs, keeps its files as they are, answers its health check and ends on SIGTERM', async () => {
    const folder = join(dir, 'louwei');
    layOutImage(stage, folder);
    for (const own of ['data', 'tmp', 'etc']) mkdirSync(join(dir, own));
    const device = await startRtuOverTcp();
    closers.push(() => device.close());
    const host = await startSparkplugHost('gw-i');
    host.online(true);
    closers.push(() => host.stop());
    const healthPort = await freePort();
    const config = join(dir, 'etc/gateway.yaml');
    writeFileSync(
      config,
      JSON.stringify({
        gateway: 'gw-i',
        dataDir: join(dir, 'data'),
        uplink: { url: `mqtt://127.0.0.1:${host.port}` },
        health: { port: healthPort },
        devices: [
          {
            id: 'LC-1',
            model: 'generic/lighting-circuit',
            connection: { transport: 'rtu-over-tcp', host: '127.0.0.1', port: device.port, unit: 1 },
          },
        ],
      }),
    );
    // Nothing of the environment but what the image itself sets.
    const image = Object.entries(environmentOf(stage)).map(([name, value]) => [
      name,
      value.replace(/^\/data/, `${dir}/data`),
    ]);
    const env = { ...Object.fromEntries(image), LOUWEI_HEALTH_PORT: String(healthPort), TMPDIR: join(dir, 'tmp') };
    const before = entriesBelow(folder);
    const gateway = spawn(process.execPath, [...wordsOf(stage, 'ENTRYPOINT').slice(1), '--config', config], {
      cwd: folder,
      env,
    });
    closers.push(() => gateway.kill('SIGKILL'));
    let said = '';
    for (const stream of [gateway.stdout, gateway.stderr]) stream.on('data', (text) => (said += text));
    const ended = new Promise<number | string | null>((done) =>
      gateway.once('close', (code, signal) => done(code ?? signal)),
    );
    const illuminance = () => [...host.stored.values()].find(({ point }) => point === 'illuminance');
    await until(
      'the reading is at the host',
      () => said,
      () => gateway.exitCode !== null || illuminance() !== undefined,
    );
    // The device's register n holds n.
    expect(illuminance(), said).toMatchObject({ value: 2, quality: 'good' });

    const health = () =>
      new Promise<number | null>((done) => {
        const [, ...check] = wordsOf(stage, 'HEALTHCHECK');
        spawn(process.execPath, check, { env }).once('close', done);
      });
    expect(await health()).toBe(0);
    gateway.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await health()).toBe(1);
    expect(entriesBelow(folder)).toEqual(before);
    expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
    expect(readdirSync(join(dir, 'data'))).toContain('compile-cache');
  });

  it('runs as a number that is not root, and starts the gateway as the npm script and the unit do', () => {
    expect(stage.find(({ name }) => name === 'USER')?.rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: { gateway: string };
    };
    const start = wordsOf(stage, 'ENTRYPOINT').join(' ');
    expect(start).toBe(scripts.gateway);
    const config = wordsOf(stage, 'CMD').join(' ');
    expect(UNIT).toContain(`\nExecStart=${INSTALLED}/node_modules/.bin/${start} ${config}\n`);
  });
});

describe.skipIf(absent)('the unit', () => {
  const analyze = (unit: string, ...words: string[]): { status: number | null; said: string } => {
    const file = join(dir, 'louwei-gateway.service');
    writeFileSync(file, unit);
    const { status, stdout, stderr } = spawnSync(ANALYZE, [...words, file], { encoding: 'utf8' });
    return { status, said: words.includes('verify') ? stderr : stdout };
  };
  const here = UNIT.replace(`ExecStart=${INSTALLED}`, `ExecStart=${ROOT}`);
  const VERIFY = ['verify', '--man=no', '--recursive-errors=no'];

  it('is taken by systemd without a word, whose complaints about another would be heard', () => {
    expect(analyze(here, ...VERIFY)).toEqual({ status: 0, said: '' });
    expect(analyze(here.replace('ProtectClock', 'ProtectClocks'), ...VERIFY).said).toContain('ProtectClocks');
  });

  it('exposes little: 1.6 of 10 by the measure of systemd', () => {
    const security = ['security', '--offline=yes', '--no-pager', '--threshold=17'];
    expect(analyze(here, ...security)).toMatchObject({ status: 0 });
    expect(
      analyze(here.replace('ProtectSystem=strict\n', '').replace(/SystemCallFilter=.*\n/g, ''), ...security).status,
    ).not.toBe(0);
  });
});
