// F44 with a gateway that is killed while it takes over what its host gave: at the next start one whole configuration
// runs, one that dies twice on trial is taken back, and no reading is lost or doubled.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until as within } from '../drivers/host.fixture.ts';
import { type ModbusFixture, startModbusServer } from '../drivers/modbus/modbus-server.fixture.ts';
import { HOST_KEY, signedRequest } from '../management/signed-request.fixture.ts';
import { type SparkplugHost, startSparkplugHost } from '../uplink/sparkplug-host.fixture.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const SEED = Date.now() % 10_000;
let dir: string;
let host: SparkplugHost;
let meter: ModbusFixture;
let child: ChildProcess | undefined;

const until = (condition: () => boolean, what: string): Promise<void> => within(condition, what, 50_000);
const entry = (id: string, unit: number) => ({
  id,
  model: 'eastron/sdm630',
  pollMs: { fast: 50, normal: 50, slow: 50 },
  connection: { host: '127.0.0.1', port: meter.port, unit },
});

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-push-kill-'));
  host = await startSparkplugHost('gw-1');
  host.online(true);
  let count = 0;
  meter = await startModbusServer(({ answer }) => {
    const reply = Buffer.from(answer);
    for (let at = 9; at + 4 <= reply.length; at += 4) reply.writeFloatBE(200 + (++count % 1000) / 10, at);
    return reply;
  });
  writeFileSync(
    join(dir, 'gateway.yaml'),
    JSON.stringify({
      gateway: 'gw-1',
      dataDir: './data',
      uplink: { url: `mqtt://127.0.0.1:${host.port}` },
      management: { publicKey: HOST_KEY },
      devices: [entry('M-0', 1)],
    }),
  );
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await host.stop();
  await meter.close();
  rmSync(dir, { recursive: true, force: true });
});

const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [MAIN, ...args], { cwd: dir, stdio: 'ignore' });

/** Until its birth says which configuration it runs. */
async function start(): Promise<void> {
  const heard = host.heard.length;
  host.configurations.length = 0;
  child = run('--config', 'gateway.yaml');
  await until(() => host.heard.slice(heard).some(({ topic }) => topic.type === 'NBIRTH'), 'birth');
}

async function kill(): Promise<void> {
  const dying = child;
  const gone = new Promise((resolve) => dying?.once('exit', resolve));
  dying?.kill('SIGKILL');
  await gone;
}

function push(version: number): void {
  const devices = [entry('M-0', 1), entry(`M-${version}`, 2)];
  host.request(signedRequest(`push-${version}-${host.heard.length}`, { method: 'configure', version, devices }));
}
const state = () => host.configurations.at(-1);
const born = () => [
  ...new Set(
    host.heard
      .slice(host.heard.findLastIndex(({ topic }) => topic.type === 'NBIRTH'))
      .flatMap(({ topic }) => (topic.type === 'DBIRTH' && topic.device?.startsWith('M-') ? [topic.device] : [])),
  ),
];

describe('a gateway killed while it is configured', () => {
  it(`keeps one whole configuration, tries once more, then goes back (seed ${SEED})`, async () => {
    await start();
    expect(state()).toEqual({ version: 0, rolledBack: null, trial: false });
    push(1);
    await new Promise((resolve) => setTimeout(resolve, SEED % 900));
    await kill();
    await start();
    await until(() => state()?.trial === false, 'no trial, or one that was stood');
    const version = state()?.version ?? -1;
    expect([0, 1]).toContain(version);
    await until(() => born().length === version + 1, 'its devices are born');
    if (version === 0) push(1);
    await until(() => state()?.version === 1 && state()?.trial === false, 'version 1 stays');

    push(2);
    await until(() => state()?.version === 2 && state()?.trial === true, 'version 2 on trial');
    await kill();
    await start();
    expect(state()).toEqual({ version: 2, rolledBack: null, trial: true });
    await kill();
    await start();
    expect(state()).toEqual({
      version: 1,
      rolledBack: { version: 2, reason: 'the gateway ended twice while it was on trial' },
      trial: false,
    });
    await until(() => born().length === 2, 'its devices are born');
    expect(born()).toEqual(['M-0', 'M-1']);

    const ended = new Promise((resolve) => run('config', '--config', 'gateway.yaml', '--reset').once('exit', resolve));
    expect(await ended).toBe(0);
    child?.kill('SIGHUP');
    await until(() => state()?.version === 0, 'the file again');
    expect(born()).toEqual(['M-0']);
    const exited = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGTERM');
    expect(await exited).toBe(0);
    const { epoch, seq } = host.watermark;
    expect(seq).toBeGreaterThan(100);
    for (let at = 1; at <= seq; at++) expect(host.stored.has(`${epoch}/${at}`)).toBe(true);
    expect(new Set([...host.stored.keys()].map((key) => key.split('/')[0])).size).toBe(1);
    expect(host.contradictions).toEqual([]);
  }, 240_000);
});
