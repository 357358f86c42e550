// The simulators as programs: the shipped building on sockets, its control, its line, its command line, its errors.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { listen } from '../protocols/listen.ts';
import { readAddress } from './address-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'louwei-simulators-'));
const children = new Set<ChildProcess>();

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function spawnApp(script: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Run> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    env: { ...process.env, LOUWEI_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.err += chunk;
  });
  const ended = new Promise<Run>((done) => {
    child.on('close', (code) => {
      children.delete(child);
      done({ code, ...text });
    });
  });
  return { child, ended };
}

const sim = (...args: string[]): Promise<Run> => spawnApp('sim.ts', args).ended;

async function until<T>(what: string, condition: () => T | undefined): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = condition();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`not within 20 s: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

const upstream = createServer();
const upstreamSockets: Socket[] = [];
let simulators: ReturnType<typeof spawnApp>;
const configFile = join(folder, 'gateway.yaml');

beforeAll(async () => {
  expect(await sim('list')).toMatchObject({ code: 1, err: expect.stringContaining('no simulators are running') });
  upstream.on('connection', (socket) => {
    upstreamSockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.write('hello');
  });
  const port = await listen(upstream);
  const gateway = ['--gateway-data', join(folder, 'gateway'), '--password-file', join(folder, 'secret.json')];
  simulators = spawnApp('main.ts', [
    '--write-gateway-config',
    configFile,
    '--uplink-url',
    `mqtt://127.0.0.1:${port}`,
    ...gateway,
  ]);
  await until('the control endpoint', () => readAddress(folder));
});

afterAll(async () => {
  simulators.child.kill('SIGTERM');
  await simulators.ended;
  for (const child of children) child.kill('SIGKILL');
  for (const socket of upstreamSockets) socket.destroy();
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const gatewayConfig = () =>
  z
    .object({
      uplink: z.object({ url: z.string(), username: z.literal('gw-1'), passwordFile: z.string() }),
      devices: z.array(z.object({ id: z.string(), model: z.string(), connection: z.record(z.string(), z.unknown()) })),
    })
    .parse(parse(readFileSync(configFile, 'utf8')));

describe('the shipped building', () => {
  it('writes a gateway configuration with the real ports of every device', () => {
    const { devices } = gatewayConfig();
    expect(devices.length).toBeGreaterThanOrEqual(40);
    const shapes = new Set(devices.map(({ connection }) => Object.keys(connection).sort().join(' ')));
    expect([...shapes].sort()).toEqual(['baseTopic url', 'endpoint prefix securityMode', 'host port unit']);
  });

  it('answers on a Modbus port of the configuration', async () => {
    const meter = gatewayConfig().devices.find(({ id }) => id === 'LV-1');
    const { port, unit } = z.object({ port: z.number(), unit: z.number() }).parse(meter?.connection);
    const socket = connect(port, '127.0.0.1');
    const answer = new Promise<Buffer>((done) => socket.once('data', done));
    socket.write(Buffer.from([0, 1, 0, 0, 0, 6, unit, 4, 0, 0, 0, 2]));
    const volts = (await answer).readFloatBE(9);
    socket.destroy();
    expect(volts).toBeGreaterThan(215);
    expect(volts).toBeLessThan(235);
  });

  it('the line to the server can be cut and mended', async () => {
    const port = Number(new URL(gatewayConfig().uplink.url).port);
    const greeting = (): Promise<string> =>
      new Promise((done) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('data', (chunk) => {
          done(chunk.toString());
          socket.destroy();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => done(''));
      });
    expect(await greeting()).toBe('hello');
    const open = connect(port, '127.0.0.1');
    open.on('error', () => undefined);
    const closed = new Promise<boolean>((done) => open.once('close', () => done(true)));
    await new Promise((done) => open.once('data', done));
    expect(await sim('fault', 'gateway', 'offline')).toMatchObject({ code: 0 });
    expect(await closed).toBe(true);
    expect(await greeting()).toBe('');
    expect(await sim('clear', 'gateway')).toMatchObject({ code: 0 });
    expect(await greeting()).toBe('hello');
  });
});

describe('the command line', () => {
  it('lists scenarios, equipment with faults, and what is active', async () => {
    expect(await sim('fault', 'TR-1', 'winding-overtemperature')).toMatchObject({ code: 0 });
    const { out, code } = await sim('list');
    expect(code).toBe(0);
    for (const text of ['lift-entrapment', 'TR-1 TR-2 TR-3', 'both-pumps-failed', 'TR-1: winding-overtemperature'])
      expect(out).toContain(text);
    expect(await sim('clear', 'all')).toMatchObject({ code: 0 });
    expect((await sim('list')).out).toContain('Active now: nothing');
  });

  it('explains what it does not know', async () => {
    expect(await sim('fault', 'TR1', 'fan-fault')).toMatchObject({
      code: 1,
      err: expect.stringContaining('did you mean TR-1'),
    });
    expect(await sim('fault', 'TR-1', 'flat-tyre')).toMatchObject({
      code: 1,
      err: expect.stringContaining('fan-fault'),
    });
    expect(await sim('run', 'nothing')).toMatchObject({ code: 1, err: expect.stringContaining('fire-alarm') });
    expect(await sim('dance')).toMatchObject({ code: 2, err: expect.stringContaining('usage') });
  });
});

describe('the control endpoint', () => {
  it('answers nobody but programs on this machine', async () => {
    const url = `http://127.0.0.1:${readAddress(folder)?.controlPort}`;
    const fromPage = await fetch(`${url}/faults/all`, { method: 'DELETE', headers: { origin: 'http://evil.example' } });
    expect(fromPage.status).toBe(403);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/faults/%E0%A4%A`, { method: 'DELETE' })).status).toBe(400);
  });
});

describe('what a wrong start gets', () => {
  it('a second one on the same data directory', async () => {
    expect(await spawnApp('main.ts', []).ended).toMatchObject({ code: 2, err: expect.stringContaining('already run') });
  });

  it('a broken building, a wrong option, a wrong address', async () => {
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'seed: 1\ndevices:\n  - id: LV-1\n    model: nobody/nothing\n');
    const other = ['--data', join(folder, 'other')];
    const { code, err } = await spawnApp('main.ts', ['--building', broken, ...other]).ended;
    expect(code).toBe(2);
    expect(err).toMatch(/broken\.yaml:\d+: devices\.0\.name: found nothing/);
    expect(await spawnApp('main.ts', ['--nonsense', ...other]).ended).toMatchObject({
      code: 2,
      err: expect.stringContaining('usage'),
    });
    expect(await spawnApp('main.ts', ['--write-gateway-config', 'x', ...other]).ended).toMatchObject({ code: 2 });
  });

  it('a stop takes less than 5 s and leaves no address behind', async () => {
    const beganMs = Date.now();
    simulators.child.kill('SIGTERM');
    expect(await simulators.ended).toMatchObject({ code: 0 });
    expect(Date.now() - beganMs).toBeLessThan(5000);
    expect(existsSync(join(folder, 'simulators.json'))).toBe(false);
  });
});
