// The gateway as a process: what bad input gets, one gateway per data directory, and how it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSparkplugTopic, stateTopic } from '../uplink/sparkplug/topics.ts';

const MAIN = join(import.meta.dirname, 'main.js');
let dir: string;
let children: ChildProcess[];
let servers: Server[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-gateway-'));
  children = [];
  servers = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const server of servers) await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(dir, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

function run(args: string[], ipc = false): Run {
  const stdio: ('ignore' | 'pipe' | 'ipc')[] = ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])];
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: dir, stdio });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, out: () => out, err: () => err, ended };
}

function write(yaml: string, file = 'gateway.yaml'): string {
  writeFileSync(join(dir, file), yaml);
  return file;
}

async function until(what: string, condition: () => boolean, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

const sound = (mqttPort: number, more = ''): string => `gateway: gw-1
dataDir: ./data
uplink: { url: 'mqtt://127.0.0.1:${mqttPort}' }
${more}
devices:
  - id: TR-1
    model: generic/dry-type-transformer
    connection: { host: 127.0.0.1, port: 1, unit: 1 }
`;

describe('gateway process', () => {
  it('names every fault of its configuration with line, field, found and expected, exit code 2', async () => {
    write(`gateway: gw/1
uplink: { url: 'http://127.0.0.1', passwordFile: ./missing }
profiles: [./none]
outbox: { maxRecords: many }
colour: blue
devices:
  - id: TR-1
    model: generic/dry-type-transformer
    connection: { host: 127.0.0.1, port: 99999, unit: 1, unti: 2 }
  - id: TR-1
    model: generic/no-such-thing
    connection: {}
`);
    const { ended, err } = run(['--config', 'gateway.yaml']);
    expect(await ended).toBe(2);
    expect(err().trim().split('\n').sort()).toEqual([
      'gateway.yaml:10: devices.1.id: found "TR-1", expected an id no other device has',
      'gateway.yaml:11: devices.1.model: found "generic/no-such-thing", expected a model of the device library',
      'gateway.yaml:1: gateway: found "gw/1", expected 1-64 characters without / + #',
      'gateway.yaml:2: uplink.url: found "http://127.0.0.1", expected mqtt://host:port, mqtts://, ws:// or wss://',
      'gateway.yaml:3: profiles.0: found "./none", expected a folder with classes or models',
      'gateway.yaml:4: outbox.maxRecords: found "many", expected 1000 to 100000000 records',
      'gateway.yaml:5: colour: found an unknown field, expected no such field',
      expect.stringMatching(/^gateway\.yaml:9: devices\.0\.connection\.port: found 99999, expected .*65535/),
      'gateway.yaml:9: devices.0.connection.unti: found an unknown field, expected no such field',
    ]);
  });

  it('refuses a missing password file, a missing configuration and missing arguments', async () => {
    write(
      sound(1).replace("uplink: { url: 'mqtt://127.0.0.1:1' }", "uplink: { url: 'mqtt://h', passwordFile: ./missing }"),
    );
    const password = run(['--config', 'gateway.yaml']);
    const missing = run(['--config', 'nowhere.yaml']);
    const bare = run([]);
    expect([await password.ended, await missing.ended, await bare.ended]).toEqual([2, 2, 2]);
    expect(password.err()).toBe(
      'gateway.yaml:3: uplink.passwordFile: found "./missing" (ENOENT), expected a readable file\n',
    );
    expect(missing.err()).toBe('nowhere.yaml:0: (file): found ENOENT, expected a readable YAML file\n');
    expect(bare.err()).toBe(
      'usage: npm run gateway -- --config FILE | --write-schema | config | plan | probe | scan | read | browse\n',
    );
  });

  it('refuses a second start on the same data directory, a directory that is none, a health port in use', async () => {
    const port = await listening(createServer((socket) => socket.destroy()));
    write(sound(port));
    const first = run(['--config', 'gateway.yaml']);
    await until('started', () => first.out().includes('started, 1 devices'));
    const second = run(['--config', 'gateway.yaml']);
    expect(await second.ended).toBe(2);
    expect(second.err()).toBe(
      `the data directory ${join(dir, 'data')} is in use by another gateway; stop it or set another dataDir\n`,
    );
    write(sound(port).replace('./data', './a-file'), 'file.yaml');
    writeFileSync(join(dir, 'a-file'), '');
    const noDirectory = run(['--config', 'file.yaml']);
    expect(await noDirectory.ended).toBe(2);
    expect(noDirectory.err()).toMatch(/^the data directory .*a-file cannot be used: .*\n$/);
    write(sound(port, `health: { port: ${port} }`).replace('./data', './other'), 'health.yaml');
    const health = run(['--config', 'health.yaml']);
    expect(await health.ended).toBe(2);
    expect(health.err().trim()).toBe(`health port ${port} is in use by another program; set another health.port`);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
  });

  it('gives birth, answers on loopback, and stops on SIGTERM within 3 s with its death said', async () => {
    const aedes = await Aedes.createBroker();
    const mqttPort = await listening(createServer(aedes.handle));
    const heard: string[] = [];
    aedes.on('publish', ({ topic }) => {
      if (parseSparkplugTopic(topic) !== undefined) heard.push(topic);
    });
    const state = JSON.stringify({ online: true, timestamp: 1 });
    aedes.publish(
      { cmd: 'publish', topic: stateTopic('louwei'), payload: state, qos: 1, retain: true, dup: false },
      () => undefined,
    );
    const free = createServer();
    const healthPort = await listening(free);
    await new Promise<void>((resolve) => free.close(() => resolve()));
    servers = servers.filter((server) => server !== free);
    mkdirSync(join(dir, 'secrets'));
    write(sound(mqttPort, `health: { port: ${healthPort} }`));
    const gateway = run(['--config', 'gateway.yaml']);
    await until('ready', () => gateway.out().includes('gateway gw-1: ready'));
    await until('data', () => heard.includes('spBv1.0/louwei/DDATA/gw-1/TR-1'));
    expect(heard.slice(0, 2)).toEqual(['spBv1.0/louwei/NBIRTH/gw-1', 'spBv1.0/louwei/DBIRTH/gw-1/TR-1']);
    const health = (await (await fetch(`http://127.0.0.1:${healthPort}/healthz`)).json()) as { status: string };
    expect(health.status).toBe('ok');
    const metrics = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
    expect(metrics).toMatch(/^louwei_gateway_uplink_online 1$/m);
    expect(metrics).toMatch(/^process_resident_memory_bytes \d+$/m);
    const buses = (await (await fetch(`http://127.0.0.1:${healthPort}/buses`)).json()) as { buses: unknown };
    expect(buses.buses).toMatchObject([{ where: expect.stringContaining('modbus tcp'), units: [{ id: 'TR-1' }] }]);
    expect(metrics).toMatch(/^louwei_gateway_bus_planned_utilisation\{bus="modbus tcp [^"]+"\} 0\.\d+$/m);
    expect(metrics).toMatch(/^louwei_gateway_bus_round_trip_ms_bucket\{le="\+Inf"\} \d+$/m);
    const before = Date.now();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(Date.now() - before).toBeLessThan(3_000);
    expect(heard.at(-1)).toBe('spBv1.0/louwei/NDEATH/gw-1');
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  });

  it('ends when the process that started it is gone', async () => {
    const port = await listening(createServer((socket) => socket.destroy()));
    write(sound(port));
    const gateway = run(['--config', 'gateway.yaml'], true);
    await until('started', () => gateway.out().includes('started'));
    // After disconnect() the parent's `close` event never comes (Node 24); `exit` does.
    const exited = new Promise((resolve) => gateway.child.once('exit', resolve));
    gateway.child.disconnect();
    expect(await exited).toBe(0);
  });
});
