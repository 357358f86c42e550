// A sibling product is written as what differs, and is then a model like any other.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIBRARY_DIR, loadLibrary } from './loader.ts';
import { ConfigurationError, formatProblem } from './schema/problem.ts';

// Each case loads the whole library, which grows.
vi.setConfig({ testTimeout: 60_000 });

const head = (model: string, base: string): string =>
  `model: ${model}\nextends: ${base}\nlabel: { zh: 表, en: Meter }\nsources: [{ title: Manual }]\n`;

describe('variants', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'louwei-variants-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(model: string, text: string): void {
    const path = join(folder, 'models', `${model}.yaml`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  function faults(): string {
    try {
      loadLibrary([LIBRARY_DIR, folder]);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems.map(formatProblem).join('\n');
      throw error;
    }
    return '';
  }

  it('lays changes over the base, in any order of files and over other variants', () => {
    write('acme/a', `${head('acme/a', 'acme/b')}points: { energyExport: null }\nnotes: [only imports]\n`);
    write(
      'acme/b',
      `${head('acme/b', 'eastron/sdm630')}proof: manual
modbus: { maxRegistersPerRead: 10 }
points: { voltageL1: { area: input, address: 0x0100, type: u16, scale: 0.1 } }
examples: [{ point: voltageL1, registers: [2301], value: 230.1 }]
`,
    );
    expect(faults()).toBe('');
    const { models } = loadLibrary([LIBRARY_DIR, folder]);
    const [base, a, b] = ['eastron/sdm630', 'acme/a', 'acme/b'].map((name) => models.get(name));
    if (base?.protocol !== 'modbus' || a?.protocol !== 'modbus' || b?.protocol !== 'modbus') throw new Error('missing');
    expect(b.points['voltageL1']).toMatchObject({ address: 0x100, type: 'u16' });
    expect(b.points['voltageL2']).toEqual(base.points['voltageL2']);
    expect(b).toMatchObject({
      proof: 'manual',
      class: base.class,
      modbus: { maxRegistersPerRead: 10, addressBase: 0 },
    });
    // The base's examples of a point that was laid anew say nothing about it.
    expect(b.examples.filter(({ point }) => point === 'voltageL1')).toHaveLength(1);
    expect(b.examples.length).toBeGreaterThan(5);
    expect(a.points).not.toHaveProperty('energyExport');
    expect(a.points['voltageL1']).toEqual(b.points['voltageL1']);
    expect(a.notes[0]).toBe('only imports');
    expect(a.sources[0]).toEqual({ title: 'Manual' });
    expect(new Set(a.sources.map(({ title }) => title)).size).toBe(a.sources.length);
  });

  it('names what is wrong, with its line', () => {
    write('acme/c', head('acme/c', 'acme/none'));
    expect(faults()).toContain(
      'models/acme/c.yaml:2: extends: found acme/none, expected a sound model other than itself',
    );
    write('acme/c', head('acme/c', 'acme/c'));
    expect(faults()).toContain('models/acme/c.yaml:2: extends: found acme/c');
    write('acme/c', head('acme/c', 'generic/elevator'));
    expect(faults()).toContain('models/acme/c.yaml:2: extends: found generic/elevator, expected a Modbus model');
    write(
      'acme/c',
      `${head('acme/c', 'eastron/sdm630')}points:\n  voltageL2: { area: input, address: 1, type: f32 }\n`,
    );
    expect(faults()).toContain('models/acme/c.yaml:6: points.voltageL2.address: found 1');
    write('acme/c', `${head('acme/c', 'eastron/sdm630')}class: elevator\n`);
    expect(faults()).toContain('models/acme/c.yaml:5: class: found an unknown field');
    write(
      'acme/c',
      `${head('acme/c', 'eastron/sdm630')}examples:\n  - { point: frequency, registers: [0x4248, 0], value: 49 }\n`,
    );
    expect(faults()).toContain('models/acme/c.yaml:6: examples.0.registers: found 50 after decoding, expected 49');
  });
});
