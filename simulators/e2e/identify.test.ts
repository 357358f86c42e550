// `npm run profiles -- identify` as a person runs it, against simulated devices on real sockets: the model and the word
// order must come out, also where a device is not set as its maker ships it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { loadLibrary, type ModbusModel, type WordOrder } from '@louwei/device-profiles';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PointValues } from '../plant/plant.ts';
import { PLANTS } from '../plant/registry.ts';
import { type ModbusPort, startModbusPort } from '../protocols/modbus/server.ts';
import { freePort, ROOT } from './product.ts';

/** 2026-01-15 10:00 UTC, a working day: the machines run. */
const NOW_MS = Date.UTC(2026, 0, 15, 10);
const library = loadLibrary();
const ports: ModbusPort[] = [];
afterAll(async () => {
  await Promise.all(ports.map((port) => port.stop()));
});

function modelOf(name: string, change: { wordOrder?: WordOrder; addressesUp?: number } = {}): ModbusModel {
  const model = library.models.get(name);
  if (model?.protocol !== 'modbus') throw new Error(`no Modbus model ${name}`);
  const { wordOrder = model.modbus.wordOrder, addressesUp = 0 } = change;
  const points = Object.entries(model.points).map(([point, place]) => [
    point,
    { ...place, address: place.address + addressesUp },
  ]);
  return { ...model, modbus: { ...model.modbus, wordOrder }, points: Object.fromEntries(points) };
}

/** Serves the model under unit 3 with the values of its class's plant after two minutes. */
async function serve(model: ModbusModel): Promise<ModbusPort> {
  const machine = PLANTS.get(model.class)?.build(7);
  for (let second = 0; second < 120; second++) machine?.step(1, NOW_MS + second * 1000, new Set());
  const values: PointValues = machine?.points() ?? {};
  const device = { id: 'X-1', model, values: () => values, version: () => 1, offline: () => false };
  const port = await startModbusPort([{ unit: 3, device }]);
  ports.push(port);
  return port;
}

async function identify(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'device-profiles/app/profiles.ts'), 'identify', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, ...text };
}

const outcome = z.object({
  fits: z.boolean(),
  candidates: z.array(
    z.object({
      model: z.string(),
      sameAs: z.array(z.string()),
      wordOrder: z.string(),
      addressShift: z.number(),
      reasonsFor: z.array(z.string()),
      reasonsAgainst: z.array(z.string()),
    }),
  ),
  decodings: z.array(
    z.object({ address: z.number(), type: z.string(), values: z.record(z.string(), z.number().nullable()) }),
  ),
});

async function found(port: ModbusPort) {
  const { code, stdout, stderr } = await identify(`127.0.0.1:${port.port}`, '--unit', '3', '--json');
  expect(stderr).toBe('');
  return { code, ...outcome.parse(JSON.parse(stdout)) };
}

describe('identify', () => {
  it.each<[model: string, wordOrder: WordOrder]>([
    ['eastron/sdm630', 'ABCD'],
    ['eastron/sdm630', 'CDAB'],
    ['eastron/sdm630', 'DCBA'],
    ['chint/dtsu666', 'ABCD'],
    ['chint/dtsu666', 'BADC'],
    ['schneider/iem3155', 'ABCD'],
    ['schneider/iem3155', 'CDAB'],
    ['schneider/pm5100', 'ABCD'],
    ['acrel/adw300', 'ABCD'],
    ['acrel/adw300', 'CDAB'],
    ['abb/b23', 'ABCD'],
    ['siemens/pac2200', 'ABCD'],
    ['siemens/pac1600', 'CDAB'],
    ['janitza/umg96rm-e', 'ABCD'],
    ['socomec/countis-e24', 'ABCD'],
    ['orno/or-we-516', 'ABCD'],
    ['inepro/pro380', 'ABCD'],
    ['grundfos/cim-200', 'ABCD'],
    ['generic/booster-pump-set', 'CDAB'],
    ['generic/exhaust-fan', 'CDAB'],
    ['generic/dry-type-transformer', 'ABCD'],
    ['generic/water-tank', 'ABCD'],
  ])('%s in word order %s', async (model, wordOrder) => {
    const { code, fits, candidates } = await found(await serve(modelOf(model, { wordOrder })));
    const [first] = candidates;
    expect([first?.model, ...(first?.sameAs ?? [])], JSON.stringify(candidates.slice(0, 3))).toContain(model);
    expect(first).toMatchObject({ wordOrder, addressShift: 0 });
    expect(first?.reasonsFor[0]).toMatch(/^\d+ of \d+ points show a value within the range of the class$/);
    expect({ fits, code }).toEqual({ fits: true, code: 0 });
  });

  it('finds a device whose addresses lie one off, and says so', async () => {
    const { candidates } = await found(await serve(modelOf('eastron/sdm630', { addressesUp: 1 })));
    expect(candidates[0]).toMatchObject({ model: 'eastron/sdm630', wordOrder: 'ABCD', addressShift: 1 });
    expect(candidates[0]?.reasonsAgainst.join()).toContain('one above');
  });

  it('shows the readings of a device that no model fits in every word order', async () => {
    const strange = modelOf('eastron/sdm630');
    const points = Object.fromEntries(
      Object.entries(strange.points).map(([name, place]) => [name, { ...place, address: place.address + 40_000 }]),
    );
    const port = await serve({ ...strange, modbus: { ...strange.modbus, wordOrder: 'CDAB' }, points });
    const address = `127.0.0.1:${port.port}`;
    const at = ['--read', 'input:40000:6'];
    const json = await identify(address, '--unit', '3', '--json', ...at);
    const { fits, decodings } = outcome.parse(JSON.parse(json.stdout));
    expect({ fits, code: json.code }).toEqual({ fits: false, code: 1 });
    const voltage = decodings.find(({ address, type }) => address === 40_000 && type === 'f32');
    expect(voltage?.values['CDAB']).toBeGreaterThan(200);
    expect(voltage?.values['CDAB']).toBeLessThan(260);
    const text = await identify(address, '--unit', '3', ...at);
    expect(text.stdout).toContain('No model of the library fits this device.');
    expect(text.stdout).toMatch(/input 0x9c40 +f32/);
  });

  it('writes for a terminal of 100 columns', async () => {
    const port = await serve(modelOf('eastron/sdm630', { wordOrder: 'CDAB' }));
    const { stdout } = await identify(`127.0.0.1:${port.port}`, '--unit', '3');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toMatch(/^1\. eastron\/sdm630 .*\n +class lv-distribution-meter, word order CDAB, /m);
    expect(stdout).toContain('extends: eastron/sdm630, modbus: { wordOrder: CDAB }');
    expect(stdout).toMatch(/voltageL1 +input 0x0000 +f32/);
  });
});

describe('identify says what to check', () => {
  it('at the wrong unit', async () => {
    const port = await serve(modelOf('eastron/sdm630'));
    const { code, stderr } = await identify(`127.0.0.1:${port.port}`, '--unit', '9');
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port.port}, unit 9: the gateway there says that unit 9 does not answer`);
    expect(stderr).toContain('check the address and port');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('at a dead port', async () => {
    const port = await freePort();
    const { code, stderr } = await identify(`127.0.0.1:${port}`, '--unit', '1');
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^127\\.0\\.0\\.1:${port}, unit 1: connect ECONNREFUSED .*; check the address`));
  });

  it('at a port that is silent, and one that speaks something else', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => undefined));
    const talker = createServer((socket) =>
      socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    for (const one of [server, talker]) await once(one.listen(0, '127.0.0.1'), 'listening');
    const portOf = (one: typeof server): number => {
      const address = one.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    };
    try {
      const silent = await identify(`127.0.0.1:${portOf(server)}`, '--timeout', '50');
      expect(silent).toMatchObject({ code: 1, stderr: expect.stringContaining('no answer within 50 ms, 3 times') });
      const other = await identify(`127.0.0.1:${portOf(talker)}`);
      expect(other).toMatchObject({ code: 1, stderr: expect.stringMatching(/not Modbus TCP|closed the connection/) });
    } finally {
      for (const one of [server, talker]) one.close();
    }
  });

  it.each([
    [[]],
    [['a', 'b']],
    [['h', '--unit', 'x']],
    [['h:99999']],
    [['h', '--read', 'holding:1']],
    [['h', '--paint']],
  ])('of the arguments %j', async (args) => {
    const { code, stderr } = await identify(...args);
    expect(code).toBe(2);
    expect(stderr).toContain('usage: npm run profiles -- identify');
  });
});
