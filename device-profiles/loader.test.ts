// A broken file is named to the line, and a new model needs no edit anywhere.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIBRARY_DIR, loadLibrary } from './loader.ts';
import { ConfigurationError, formatProblem, type Problem } from './schema/problem.ts';

/** What the cases break, and the classes and models that belong to it: the whole library takes its time to load. */
const NEEDED = [
  ...['access-controller', 'booster-pump-set', 'elevator', 'lv-distribution-meter', 'sump-pump'].map(
    (name) => `classes/${name}.yaml`,
  ),
  ...[
    'eastron/sdm630',
    ...['access-controller', 'booster-pump-set', 'elevator', 'sump-pump'].map((name) => `generic/${name}`),
  ].map((name) => `models/${name}.yaml`),
];

// Also on a busy machine.
describe('a library folder of one’s own', { timeout: 60_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'louwei-profiles-'));
    for (const file of NEEDED) cpSync(join(LIBRARY_DIR, file), join(folder, file));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function faults(...folders: string[]): readonly Problem[] {
    try {
      loadLibrary(folders);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
    return [];
  }

  const BOOSTER = 'classes/booster-pump-set.yaml';
  const SUMP = 'classes/sump-pump.yaml';
  const SDM = 'models/eastron/sdm630.yaml';
  const PANEL = 'models/generic/sump-pump.yaml';
  const PUMP = 'models/generic/booster-pump-set.yaml';

  it.each<[file: string, from: string, to: string, field: string, found: string, expected: string]>([
    [
      SDM,
      'address: 0x0002, type: f32',
      'address: 0x0002, type: float',
      'points.voltageL2.type',
      'float',
      'one of bit, u16',
    ],
    [
      SDM,
      'voltageL3: {',
      'voltageL4: {',
      'points.voltageL4',
      'voltageL4',
      'a point of the class lv-distribution-meter',
    ],
    [SDM, 'class: lv-distribution-meter', 'class: lv-meter', 'class', 'lv-meter', 'one of access-controller'],
    [SDM, 'address: 0x0004', 'address: 0x0003', 'points.voltageL3.address', '3', 'voltageL2 takes 2 to 3'],
    [SDM, 'wordOrder: ABCD', 'wordOrder: CDAB', 'examples.0.registers', 'after decoding', '230.2'],
    [
      SDM,
      'maxRegistersPerRead: 50',
      'maxRegistersPerRead: 1',
      'points.voltageL1.type',
      '2 registers',
      'at most maxRegistersPerRead 1',
    ],
    [
      SDM,
      'model: eastron/sdm630',
      'model: eastron/sdm631',
      'model',
      'eastron/sdm631',
      'belongs in models/eastron/sdm631.yaml',
    ],
    [SDM, '[0x40A8, 0x0000]', '[0x40A8]', 'examples.1.registers', '1 registers', '2 for type f32'],
    [SDM, 'proof: driver-derived', 'proof: [', '', 'Flow', 'YAML 1.2'],
    [SDM, 'addressBase: 0', 'adressBase: 0', 'modbus.adressBase', 'an unknown field', 'no such field'],
    [PANEL, 'address: 1, type: bit, bit: 0', 'address: 1, type: bit', 'points.pump1Fault.bit', 'nothing', 'which bit'],
    [PANEL, 'type: bit, bit: 1', 'type: bit, bit: 0', 'points.pump2Fault.address', '1', 'pump1Fault takes 1 to 1'],
    [PANEL, '65535: sensor-open', '70000: sensor-open', 'points.level.sentinels.70000', '70000', '0 to 65535'],
    [
      PANEL,
      'area: coil, address: 0, type: bit',
      'area: coil, address: 0, type: u16',
      'points.pump1Running.type',
      'u16',
      'bit in the area coil',
    ],
    [
      PUMP,
      'area: holding, address: 1, type: f32',
      'area: holding, address: 0, type: f32',
      'points.outletPressure.address',
      '0',
      '1 to 65535',
    ],
    [
      PUMP,
      'autoMode: { area: discrete, address: 5, type: bit',
      'autoMode: { area: discrete, address: 5, scale: 2, type: bit',
      'points.autoMode.scale',
      '2',
      'no scale on a state',
    ],
    [SUMP, '    unit: m\n', '', 'points.level.unit', 'nothing', 'a unit for the analog'],
    [SUMP, 'range: [0, 5]', 'range: [0, 1]', 'alarms.high-level.rule.above', '1.4', "within the point's range [0, 1]"],
    [
      SUMP,
      'kind: limit, point: level',
      'kind: limit, point: autoMode',
      'alarms.high-level.rule.point',
      'autoMode, a state',
      'an analog or counter',
    ],
    [
      SUMP,
      'label: { zh: 集水坑液位, en: Sump level }',
      'label: { en: Sump level }',
      'points.level.label.zh',
      'nothing',
      '',
    ],
    [SUMP, '  pump1Fault:\n', '  Pump_1:\n', 'points.Pump_1', 'Pump_1', 'camelCase'],
    [SUMP, '    kind: analog\n', '    kind: analogue\n', 'points.level.kind', 'analogue', 'one of analog'],
    [SUMP, '    range: [0, 5]\n', '    range: [5, 0]\n', 'points.level.range', '', 'low < high'],
    [
      SUMP,
      'parameter: highLevel',
      'parameter: highLevl',
      'alarms.high-level.rule.above.parameter',
      'highLevl',
      'one of highLevel',
    ],
    [
      SUMP,
      'point: highLevelFloat, equals: 1',
      'point: highLevelFloat, equals: 2',
      'alarms.super-high-level.rule.equals',
      '2',
      'one of 0, 1',
    ],
    [SUMP, 'faceplate: [level', 'faceplate: [depth', 'faceplate.0', 'depth', 'one of comm, level'],
    [SUMP, '    default: 1.4', '    default: 9', 'parameters.highLevel.default', '9', 'within its range [0.2,5]'],
    [
      BOOSTER,
      '出水压力低：{value}',
      '出水压力低：{pressure}',
      'alarms.outlet-pressure-low.text.zh',
      '{pressure}',
      'one of {value}, {limit}',
    ],
    [BOOSTER, 'class: booster-pump-set', 'class: boosterPump', 'class', 'boosterPump', 'kebab-case name'],
    [
      'models/generic/access-controller.yaml',
      '"doorForced":true',
      '"doorForced":"maybe"',
      'examples.0.value',
      'decode-error',
      '1',
    ],
    [
      'models/generic/elevator.yaml',
      '{prefix}.floor',
      '{prefix}.direction',
      'points.direction.node',
      '{prefix}.direction',
      'floor reads the same',
    ],
  ])('%s: %j instead of %j', (file, from, to, field, found, expected) => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    const at = text.indexOf(from);
    writeFileSync(path, text.slice(0, at) + to + text.slice(at + from.length));
    const all = faults(folder);
    const hit = all.find((problem) => problem.field === field && problem.file === file);
    expect(hit, all.map(formatProblem).join('\n')).toBeDefined();
    expect(hit?.found).toContain(found);
    expect(hit?.expected).toContain(expected);
    expect(hit?.line).toBe(lineWith(readFileSync(path, 'utf8'), field, text.slice(0, at).split('\n').length));
  });

  it('reports every broken file, and does not blame models for their broken class', () => {
    writeFileSync(join(folder, SUMP), 'class: sump-pump\n');
    writeFileSync(join(folder, SDM), 'model: eastron/sdm630\n');
    const files = new Set(faults(folder).map(({ file }) => file));
    expect(files).toEqual(new Set([SUMP, SDM]));
  });

  it('refuses a second owner of an id and names the first', () => {
    cpSync(join(folder, SDM), join(folder, 'models/eastron/tariff.yaml'));
    expect(
      faults(folder)
        .map(({ expected }) => expected)
        .join(),
    ).toContain(`${SDM} has it already`);
  });

  it('reads a new model with no edit, on top of the shipped library', () => {
    const own = join(folder, 'own');
    const path = join(own, 'models/acme/meter-9.yaml');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      `model: acme/meter-9
label: { zh: 九号表, en: Meter 9 }
class: lv-distribution-meter
proof: manual
sources: [{ title: Meter 9 manual, reference: p. 12 }]
protocol: modbus
modbus: { addressBase: 1, wordOrder: DCBA }
points:
  voltageL1: { area: input, address: 30001, type: u32, scale: 0.1, sentinels: { 4294967295: not-present } }
  energyImport: { area: input, address: 30003, type: u64, scale: 0.01 }
examples:
  - { point: voltageL1, registers: [0xFD08, 0x0000], value: 230.1 }
  - { point: voltageL1, registers: [0xFFFF, 0xFFFF], quality: not-present }
`,
    );
    const library = loadLibrary([LIBRARY_DIR, own]);
    expect(library.models.get('acme/meter-9')?.class).toBe('lv-distribution-meter');
    expect(library.models.has('eastron/sdm630')).toBe(true);
  });

  it('gives an empty library for a folder that does not exist', () => {
    expect(loadLibrary([join(folder, 'missing')]).classes.size).toBe(0);
  });
});

/** Line of the field: of its own key where the fault is at another place than the edit. */
function lineWith(text: string, field: string, edited: number): number {
  const lines = text.split('\n');
  const elsewhere: Readonly<Record<string, string>> = {
    'examples.0.registers': 'registers: [0x4366, 0x3334]',
    'points.voltageL1.type': '  voltageL1:',
    'points.level.unit': '  level:',
    'alarms.high-level.rule.above': 'kind: limit, point: level',
    'points.direction.node': '  direction:',
    // An unclosed list is noticed at the next key.
    '': 'sources:',
  };
  const mark = elsewhere[field];
  return mark === undefined ? edited : lines.findIndex((line) => line.includes(mark)) + 1;
}
