// What devices refuse, kept over restarts: on a real disk, in a folder of its own.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modbusModel } from '@louwei/device-profiles';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Learned, NOTHING_LEARNED } from '../../polling/core/learned.ts';
import { fixtureHeader, until } from '../host.fixture.ts';
import { openLearnedFile } from './learned-file.ts';

const model = modbusModel.parse({
  ...fixtureHeader,
  model: 'test/modbus',
  protocol: 'modbus',
  modbus: { addressBase: 0 },
  points: { pressure: { area: 'holding', address: 100, type: 'u16' } },
  examples: [{ point: 'pressure', registers: [100], value: 100 }],
});
const learned: Learned = {
  barriers: { 'holding 7': 1000 },
  illegal: [{ span: { area: 'input', address: 3, count: 2 }, refusals: 2, probeAtMs: 5000 }],
  answered: 20,
  refused: 40,
};

let base: string;
let folder: string;
const logged: string[] = [];
const saved = (file: ReturnType<typeof open>, id: string): void => {
  file.save(id, learned);
  file.flush();
};
const open = (by = model, ids = ['A', 'B']) =>
  openLearnedFile(
    folder,
    ids.map((id) => ({ id, model: by })),
    pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
  );

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'louwei-learned-'));
  folder = join(base, 'modbus');
  logged.length = 0;
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('learned addresses', () => {
  it('survive a restart, device by device, and nothing is written before there is something', () => {
    const first = open();
    expect(first.load('A')).toEqual(NOTHING_LEARNED);
    expect(existsSync(folder)).toBe(false);
    saved(first, 'A');
    expect(open().load('A')).toEqual(learned);
    expect(open().load('B')).toEqual(NOTHING_LEARNED);
    expect(readdirSync(folder)).toEqual(['learned.json']);
  });

  it('are written soon, once for all, without being asked', async () => {
    const file = open();
    file.save('A', learned);
    file.save('B', learned);
    expect(existsSync(folder)).toBe(false);
    await until(() => existsSync(join(folder, 'learned.json')), 'the file');
    expect(open().load('B')).toEqual(learned);
  });

  it('are forgotten with another map of the same model; those of other devices stay', () => {
    saved(open(), 'A');
    const other = { ...model, points: { pressure: { area: 'holding' as const, address: 101, type: 'u16' as const } } };
    expect(open(other).load('A')).toEqual(NOTHING_LEARNED);
    saved(open(model, ['B']), 'B');
    expect(open(model, ['B']).load('A')).toEqual(NOTHING_LEARNED);
    expect(open().load('A')).toEqual(learned);
    expect(open().load('B')).toEqual(learned);
  });

  it('a damaged file and a folder that cannot be made cost only what was learned', () => {
    saved(open(), 'A');
    writeFileSync(join(folder, 'learned.json'), '{"devices":{"A":');
    expect(open().load('A')).toEqual(NOTHING_LEARNED);
    expect(logged.at(-1)).toContain('cannot be read');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in the way');
    saved(open(), 'A');
    expect(logged.at(-1)).toContain('cannot keep');
  });
});
