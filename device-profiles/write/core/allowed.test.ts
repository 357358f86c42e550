import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintModel } from '../../lint/core/model.ts';
import { loadLibrary } from '../../loader.ts';
import { deviceModel } from '../../schema/model.ts';
import { writeRule } from '../../schema/write.ts';
import { interlockFault, isNeverWritable, writeRuleOf, writeValueFault } from './allowed.ts';

const { classes, models } = loadLibrary();
const classOf = (name: string) => classes.get(name) ?? expect.fail(name);
const modelOf = (name: string) => models.get(name) ?? expect.fail(name);
const rule = writeRule.parse({ range: [0.2, 0.8], step: 0.01, readBack: { point: 'pressure', withinS: 5 } });

/** The model with a write block on one of its points, as if somebody had put it into the file. */
function withWrite(name: string, point: string, write: object = { range: [0, 1], readBack: { point, withinS: 5 } }) {
  const model = modelOf(name);
  const own: Record<string, object | undefined> = model.points;
  const extra = model.protocol === 'mqtt' ? { topic: 'command' } : {};
  return deviceModel.parse({
    ...model,
    points: { ...model.points, [point]: { ...own[point], write: { ...extra, ...write } } },
  });
}
const faults = (model: ReturnType<typeof withWrite>) =>
  lintModel(model, classOf(model.class)).map(({ path, expected }) => `${path.join('.')}: ${expected}`);

describe('what may be written', () => {
  it('is nothing of fire protection, lifts and gas alarms, even when class and model say so', () => {
    const never = [...classes.values()].filter(isNeverWritable).map((subject) => subject.class);
    expect(never.sort()).toEqual([
      'elevator',
      'emergency-light',
      'escalator',
      'fire-alarm-panel',
      'fire-pump',
      'gas-detector',
      'hydrant-line',
      'lift-control',
    ]);
    for (const name of never) {
      const subject = { ...classOf(name), remoteControl: true };
      const model = [...models.values()].find((one) => one.class === name) ?? expect.fail(name);
      const point = Object.keys(model.points)[0] ?? '';
      expect(writeRuleOf(withWrite(model.model, point), subject, point)).toBeNull();
      expect(faults(withWrite(model.model, point)).join()).toContain('never controlled from afar');
    }
  });

  it('is only what the model names in a class that is open to it', () => {
    const lighting = modelOf('generic/lighting-circuit');
    expect(writeRuleOf(lighting, classOf('lighting-circuit'), 'scheduleOn')?.readBack.point).toBe('lightsOn');
    expect(writeRuleOf(lighting, classOf('lighting-circuit'), 'lightsOn')).toBeNull();
    expect(writeRuleOf(lighting, classOf('lighting-circuit'), 'constructor')).toBeNull();
    expect(writeRuleOf(lighting, { ...classOf('lighting-circuit'), remoteControl: false }, 'scheduleOn')).toBeNull();
  });

  it('is refused by the linter where nobody could check or say it', () => {
    expect(faults(withWrite('generic/lighting-circuit', 'lightsOn')).join()).toContain('a coil or a holding register');
    expect(
      faults(withWrite('generic/chiller', Object.keys(modelOf('generic/chiller').points)[0] ?? '')).join(),
    ).toContain('remoteControl in the class chiller');
    const blind = { range: [0, 9], interlock: [{ point: 'nobody', is: 1 }], readBack: { point: 'none', withinS: 5 } };
    const found = faults(withWrite('generic/lighting-circuit', 'scheduleOn', blind)).join('\n');
    expect(found).toContain('write.range: within [0,1]');
    expect(found).toContain('write.interlock.0.point');
    expect(found).toContain('write.readBack.point');
  });
});

describe('a value to write', () => {
  it('passes exactly when it is a step inside the range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 150 }), fc.constantFrom(0, 0.003, 0.005), (steps, off) => {
        const value = 0.2 + steps * 0.01 + off;
        const inside = steps >= 0 && (off === 0 ? steps <= 60 : steps < 60);
        expect(writeValueFault(rule, Number(value.toPrecision(12))) === null).toBe(inside && off === 0);
      }),
    );
    expect(writeValueFault(rule, Number.NaN)).toContain('not a number');
  });

  it('needs every interlock to hold on a good value', () => {
    const locked = {
      ...rule,
      interlock: [
        { point: 'auto', is: 1 },
        { point: 'level', above: 10, below: 90 },
      ],
    };
    const ask = (auto: number | null, level: number | null) =>
      interlockFault(locked, (point) => (point === 'auto' ? auto : level));
    expect(ask(1, 50)).toBeNull();
    expect(ask(0, 50)).toBe('interlock: auto is 0, must be 1');
    expect(ask(1, 10)).toBe('interlock: level is 10, must be above 10 and below 90');
    expect(ask(1, null)).toBe('interlock: level has no good value now');
  });
});
