// Models of Sparkplug equipment: each metric once, conversions and commands that fit the class, examples that hold.
import { describe, expect, it } from 'vitest';
import { equipmentClass } from '../../schema/class.ts';
import { deviceModel } from '../../schema/model.ts';
import { lintModel } from './model.ts';

const both = { zh: '泵', en: 'pump' };
const subject = equipmentClass.parse({
  class: 'pump',
  label: both,
  group: 'water',
  remoteControl: true,
  points: {
    running: { label: both, kind: 'state', values: { 0: both, 1: both } },
    fault: { label: both, kind: 'state', values: { 0: both, 1: both } },
    pressure: { label: both, kind: 'analog', unit: 'kPa', range: [0, 1000] },
    serial: { label: both, kind: 'text' },
  },
  faceplate: ['pressure'],
});
const write = { range: [0, 500], readBack: { point: 'pressure', withinS: 10 } };

function faults(points: object, examples: object[] = [{ point: 'pressure', raw: 3200, value: 320 }]): string {
  const model = deviceModel.parse({
    model: 'test/pump',
    label: both,
    class: 'pump',
    proof: 'example',
    sources: [{ title: 'test' }],
    protocol: 'sparkplug',
    points: { pressure: { metric: 'Pressure', scale: 0.1 }, ...points },
    examples,
  });
  return lintModel(model, subject)
    .map(({ path, found, expected }) => `${path.join('.')}: ${found} / ${expected}`)
    .join('\n');
}

describe('a Sparkplug model', () => {
  it('may read states from one metric by maps, command another metric, and needs no settings of its own', () => {
    const mode = (map: object) => ({ metric: 'Mode', map });
    const states = { running: mode({ Off: 0, On: 1 }), fault: mode({ Off: 0, On: 0, Tripped: 1 }) };
    expect(faults({ ...states, pressure: { metric: 'P', scale: 0.1, write: { ...write, metric: 'P/Set' } } })).toBe('');
  });

  it('names a metric that is read twice', () => {
    expect(faults({ serial: { metric: 'Pressure' } })).toContain('points.serial.metric: Pressure / a place of its own');
  });

  it('holds conversions, commands and examples against the class', () => {
    expect(faults({ serial: { metric: 'S', scale: 2 } })).toContain('points.serial.scale');
    expect(faults({ flow: { metric: 'F' } })).toContain('points.flow');
    const wide = { ...write, range: [0, 2000], readBack: { point: 'level', withinS: 10 } };
    const found = faults({ pressure: { metric: 'P', scale: 0.1, write: wide } });
    expect(found).toContain('write.range');
    expect(found).toContain('write.readBack.point');
    expect(faults({}, [{ point: 'pressure', raw: 3200, value: 32 }])).toContain(
      'examples.0.value: 320 after decoding / 32',
    );
    expect(() => faults({ pressure: { metric: '' } })).toThrow();
  });
});
