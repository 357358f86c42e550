// The shipped building and scenarios are sound, and a broken building file is told line by line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLibrary } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import { PLANTS } from '../plant/registry.ts';
import { loadBuilding } from './building.ts';
import { createDirection, GATEWAY } from './direction.ts';
import type { Line } from './line.ts';
import { loadScenarios } from './scenario.ts';
import { createWorld } from './world.ts';

const library = loadLibrary();
const building = loadBuilding(join(import.meta.dirname, '../building.yaml'), library);

function problemsOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'louwei-building-'));
  const file = join(folder, 'building.yaml');
  writeFileSync(file, text);
  try {
    loadBuilding(file, library);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const device = (id: string, rest = 'model: eastron/sdm630'): string =>
  `  - id: ${id}\n    name: { zh: 表, en: Meter }\n    place: { site: S, building: B, floor: F, room: R }\n    ${rest}\n`;

describe('the shipped building', () => {
  it('has two buildings and at least 40 devices on all three protocols', () => {
    expect(building.devices.length).toBeGreaterThanOrEqual(40);
    expect(new Set(building.devices.map(({ settings }) => settings.place.building)).size).toBe(2);
    expect(new Set(building.devices.map(({ model }) => model.protocol))).toEqual(new Set(['modbus', 'opcua', 'mqtt']));
  });

  it('has every class that can be simulated', () => {
    expect(new Set(building.devices.map(({ model }) => model.class))).toEqual(new Set(PLANTS.keys()));
  });
});

describe('every shipped model', () => {
  const models = [...library.models.values()].filter((model) => PLANTS.has(model.class));
  it.each(models)('$model finds a plant value for each point it maps', (model) => {
    const values = PLANTS.get(model.class)?.build(1).points() ?? {};
    expect(Object.keys(model.points).filter((point) => !Object.hasOwn(values, point))).toEqual([]);
  });
});

describe('a broken building file', () => {
  it('names the line of a duplicate id, an unknown model and a taken unit', () => {
    const text = `seed: 1\ndevices:\n${device('LV-1', 'model: eastron/sdm630\n    bus: a')}${device('LV-1', 'model: eastron/sdm999')}${device('LV-2', 'model: eastron/sdm630\n    bus: a\n    unit: 1')}`;
    const lines = problemsOf(text).split('\n');
    expect(lines[0]).toMatch(
      /^building.yaml:8: devices\.1\.id: found "LV-1" a second time, expected an id of its own$/,
    );
    expect(lines[1]).toMatch(
      /^building.yaml:11: devices\.1\.model: found "eastron\/sdm999", expected one of .*eastron\/sdm630/,
    );
    expect(lines[2]).toMatch(/^building.yaml:17: devices\.2\.unit: found 1, which LV-1 has on bus a/);
  });

  it('names unknown fields and wrong types', () => {
    expect(problemsOf(`seed: x\ndevices:\n${device('LV-1', 'model: eastron/sdm630\n    baud: 9600')}`)).toMatch(
      /devices\.0\.baud: found an unknown field/,
    );
    expect(problemsOf('seed: 1\ndevices: []\n')).toMatch(/devices: found \[\]/);
    expect(problemsOf(`seed: 1\ndevices:\n${device('lv1')}`)).toMatch(
      /devices\.0\.id: found "lv1", expected two capital letters/,
    );
  });
});

describe('the direction', () => {
  const setUp = () => {
    let cut = false;
    const line: Line = {
      port: 1,
      cut: () => {
        cut = true;
      },
      mend: () => {
        cut = false;
      },
      isCut: () => cut,
      stop: async () => undefined,
    };
    const world = createWorld(building, 0);
    return { world, line, direction: createDirection(world, loadScenarios(), line) };
  };

  it('plays every shipped scenario to its end and leaves nothing active', () => {
    for (const name of loadScenarios().keys()) {
      const { direction } = setUp();
      expect(direction.run(name, 0)).toMatchObject({ ok: true });
      expect(direction.equipment().flatMap(({ active }) => active).length, name).toBeGreaterThan(0);
      direction.advance(2 * 3_600_000);
      expect(
        direction.equipment().flatMap(({ active }) => active),
        name,
      ).toEqual([]);
      expect(direction.scenarios().every(({ runningS }) => runningS === null)).toBe(true);
    }
  });

  it('carries out each step at its time', () => {
    const { direction, world } = setUp();
    direction.run('fire-alarm', 1000);
    direction.advance(20_999);
    expect(world.activeFaults('FP-1')).toEqual(['fire']);
    direction.advance(21_000);
    expect(world.activeFaults('FP-1')).toEqual(['fire', 'manual-call-point']);
  });

  it('cuts and mends the line of the gateway', () => {
    const { direction, line } = setUp();
    expect(direction.inject(GATEWAY, 'offline')).toMatchObject({ ok: true });
    expect(line.isCut()).toBe(true);
    direction.clear(GATEWAY);
    expect(line.isCut()).toBe(false);
  });

  it('explains unknown equipment with near matches and unknown faults with the possible ones', () => {
    const { direction } = setUp();
    expect(direction.inject('TR1', 'offline')).toMatchObject({ ok: false, reason: expect.stringContaining('TR-1') });
    expect(direction.inject('TR-1', 'nope')).toMatchObject({
      reason: expect.stringContaining('winding-overtemperature'),
    });
    expect(direction.clear('ZZ-99999')).toMatchObject({ ok: false, reason: expect.stringContaining('list') });
    expect(direction.run('nope', 0)).toMatchObject({ ok: false, reason: expect.stringContaining('sump-flood') });
  });

  it('clear all ends scenarios too', () => {
    const { direction } = setUp();
    direction.run('fire-alarm', 0);
    direction.inject('TR-1', 'fan-fault');
    direction.clear('all');
    direction.advance(60_000);
    expect(direction.equipment().flatMap(({ active }) => active)).toEqual([]);
  });
});

describe('the world', () => {
  it('moves in whole steps and does not race after a pause', () => {
    const world = createWorld(building, 0);
    const before = world.devices[0]?.version() ?? 0;
    expect(world.advance(250 + 249)).toBe(false);
    expect(world.advance(250 + 250)).toBe(true);
    expect(world.devices[0]?.version()).toBe(before + 1);
    world.advance(3_600_000);
    expect((world.devices[0]?.version() ?? 0) - before).toBeLessThan(12);
  });
});
