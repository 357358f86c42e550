// The commands of the engineer on site, as processes against a Modbus server: what they print and how they end.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exception, type ModbusFixture, startModbusServer } from '../drivers/modbus/modbus-server.fixture.ts';
import { parseUnits } from './scan-units.ts';

const MAIN = join(import.meta.dirname, 'main.js');
let dir: string;
let server: ModbusFixture;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-engineer-'));
  server = await startModbusServer();
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

function config(devices: readonly string[], connection: string, pollMs = ''): void {
  const blocks = devices.map((id, at) =>
    [`  - id: ${id}`, '    model: eastron/sdm630', pollMs, `    connection: { ${connection}, unit: ${at + 1} }`]
      .filter((line) => line !== '')
      .join('\n'),
  );
  const head = ['gateway: gw-1', 'dataDir: ./data', 'uplink: { url: mqtt://127.0.0.1:1 }', 'devices:'];
  writeFileSync(join(dir, 'gateway.yaml'), [...head, ...blocks, ''].join('\n'));
}

describe('plan', () => {
  it('shows requests, airtime and utilisation of every bus without sending anything', async () => {
    config(['LV-1', 'LV-2'], 'transport: rtu, path: /dev/ttyS9, baudRate: 9600, parity: none, stopBits: 1');
    const { code, out, err } = await run('plan', '--config', 'gateway.yaml');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^modbus rtu \/dev\/ttyS9 9600 8N1: 2 devices, \d+(\.\d)? % of the line, \d+\.\d\d requests\/s/,
    );
    expect(out).toMatch(/^ {2}LV-2: \d+ requests? a turn, \d+(\.\d)? %$/m);
    const json = JSON.parse((await run('plan', '--config', 'gateway.yaml', '--json')).out);
    expect(json.buses[0].requestsPerS).toBeGreaterThanOrEqual(json.buses[0].minimumRequestsPerS);
    expect(json.buses[0].devices.map(({ id }: { id: string }) => id)).toEqual(['LV-1', 'LV-2']);
  });

  it('a schedule that does not fit ends with 1 and says what it needs', async () => {
    const pollMs = '    pollMs: { fast: 100, normal: 100, slow: 100 }';
    config(['A', 'B', 'C', 'D'], 'transport: rtu, path: /dev/ttyS9, baudRate: 1200', pollMs);
    const { code, out } = await run('plan', '--config', 'gateway.yaml');
    expect(code).toBe(1);
    expect(out).toMatch(/warning: this schedule needs \d{3,} % of the line: slots will be skipped/);
  });
});

describe('probe and scan', () => {
  const place = () => `127.0.0.1:${server.port}`;

  it('probe shows what a unit answers in every area', async () => {
    server.behaviour = (request) => (request.functionCode === 4 ? exception(request, 1) : request.answer);
    const { code, out } = await run('probe', place(), '--unit', '3');
    expect(code).toBe(0);
    expect(out).toContain(`modbus tcp ${place()} unit 3`);
    expect(out).toContain('input 0: exception 01: illegal function');
    expect(out).toMatch(/holding 0: 0 \(\d+ ms\)/);
  });

  it('probe of what does not answer, or is not there, ends with 1', async () => {
    server.behaviour = () => null;
    const silent = await run('probe', place(), '--unit', '3', '--timeout-ms', '60');
    expect([silent.code, silent.out]).toEqual([1, expect.stringContaining('no answer within 60 ms')]);
    const refused = await run('probe', '127.0.0.1:1', '--unit', '3');
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('connection refused')]);
  });

  it('scan finds the units that answer, one request at a time', async () => {
    server.behaviour = (request) => {
      if (request.unit === 5) return exception(request, 2);
      return request.unit % 2 === 0 ? request.answer : exception(request, 0x0b);
    };
    const { code, out } = await run('scan', place(), '--units', '1-6', '--timeout-ms', '60');
    expect(code).toBe(0);
    expect(out).toContain('4 of 6 answer: 2, 4, 5, 6');
    expect(server.requests.map(({ unit }) => unit)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('units are ranges and lists from 1 to 247', () => {
    expect(parseUnits('3,1-2,2')).toEqual([1, 2, 3]);
    for (const wrong of ['', '0-3', '5-2', '1-248', 'a', '1,,2']) expect(parseUnits(wrong)).toBeNull();
  });
});

describe('read', () => {
  it('reads a configured device once, all points or one', async () => {
    config(['LV-1'], `host: 127.0.0.1, port: ${server.port}`);
    const all = await run('read', '--config', 'gateway.yaml', 'LV-1');
    expect([all.code, all.err]).toEqual([0, '']);
    expect(all.out).toMatch(/^ {2}voltageL1: \S+ V$/m);
    expect(all.out).toMatch(/^ {2}energyImport: \S+ kWh$/m);
    const one = await run('read', '--config', 'gateway.yaml', 'LV-1', 'frequency');
    expect(one.out.trim().split('\n')).toHaveLength(2);
  });

  it('ends with 1 when the device does not answer, and says why', async () => {
    config(['LV-1'], 'host: 127.0.0.1, port: 1');
    const { code, out } = await run('read', '--config', 'gateway.yaml', 'LV-1');
    expect(code).toBe(1);
    expect(out).toContain('connection refused');
    expect(out).toContain('voltageL1: not-connected');
  });
});

describe('wrong input ends with 2', () => {
  it.each([
    [['read', '--config', 'gateway.yaml', 'LV-7'], 'there is no device LV-7'],
    [['read', '--config', 'gateway.yaml', 'LV-1', 'colour'], 'has no point colour; it has: '],
    [['plan'], '--config FILE is missing'],
    [['plan', '--config', 'none.yaml'], 'none.yaml'],
    [['scan', '127.0.0.1:1', '--units', '0'], '--units: found 0'],
    [['probe', '127.0.0.1:1'], '--unit N is missing'],
    [['probe', '127.0.0.1:1', '--unit', '300'], 'unit: '],
    [['probe', '/dev/ttyS9', '--unit', '1', '--baud-rate', 'fast'], '--baud-rate: found fast'],
    [['scan', '127.0.0.1:1', '--json'], '--json does not belong to scan'],
    [['probe', '127.0.0.1:1', '--colour'], '--colour'],
  ])('%j', async (args, words) => {
    config(['LV-1'], 'host: 127.0.0.1, port: 1');
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
    expect(err).not.toContain('    at ');
  });
});
