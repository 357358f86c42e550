import { type OpcuaPoint, type Point, point } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, NOTHING_KNOWN, reportRule } from '../../../points/core/report.ts';
import { itemWish, queueSize, rawDeadband } from './item-wish.ts';

const label = { zh: '点', en: 'point' };
const node: OpcuaPoint = { node: 'ns=1;s=x' };
const of = (more: Partial<Point>): Point => ({ label, kind: 'analog', poll: 'normal', ...more });
const pressure = of({ deadband: 2, range: [0, 1000] });
const state = of({ kind: 'state' });

describe('deadband at the server', () => {
  it('is half of the one the point is reported with, in raw units', () => {
    expect(itemWish(node, pressure).deadband).toEqual({ kind: 'absolute', value: 1 });
    expect(itemWish({ ...node, scale: -0.1, offset: 40 }, pressure).deadband?.value).toBeCloseTo(10);
    expect(itemWish(node, pressure, { deadband: 8 }).deadband).toEqual({ kind: 'absolute', value: 4 });
    expect(itemWish(node, pressure, { deadband: '1%' }).deadband).toEqual({ kind: 'absolute', value: 5 });
  });

  it('is a percentage only where the class gives no range to make a number of it', () => {
    expect(itemWish(node, of({ kind: 'counter' }), { deadband: '1%' }).deadband).toEqual({
      kind: 'percent',
      value: 0.5,
    });
  });

  it('works a percentage out from the range the node has', () => {
    expect(rawDeadband({ kind: 'percent', value: 2.5 }, 40)).toBe(1);
    expect(rawDeadband({ kind: 'percent', value: 2.5 }, null)).toBeNull();
    expect(rawDeadband({ kind: 'percent', value: 2.5 }, 0)).toBeNull();
    expect(rawDeadband({ kind: 'absolute', value: 3 }, null)).toBe(3);
    expect(rawDeadband(null, 40)).toBeNull();
  });

  it.each<[string, OpcuaPoint, Point | undefined, { deadband?: number }]>([
    ['a state', node, state, { deadband: 1 }],
    ['a text', node, of({ kind: 'text' }), { deadband: 1 }],
    ['a point without deadband', node, of({}), {}],
    ['a deadband of nothing', node, pressure, { deadband: 0 }],
    ['a point the class does not know', node, undefined, { deadband: 1 }],
    ['a mapped value', { ...node, map: { 1: 10 } }, pressure, {}],
    ['a value with marks for "none"', { ...node, sentinels: { 999: 'sensor-fault' } }, pressure, {}],
    ['what can be written', { ...node, write: { range: [0, 10] } } as OpcuaPoint, pressure, {}],
  ])('is not asked for: %s', (_what, mapped, classPoint, report) => {
    expect(itemWish(mapped, classPoint, report).deadband).toBeNull();
  });

  it('together with the gateway never hides more than one and a half deadbands', () => {
    const steps = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 200 });
    const deadbands = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(
      fc.property(steps, deadbands, fc.constantFrom(0.01, 0.5, -1, 10), (drawn, deadband, scale) => {
        const classPoint = of({ deadband });
        const rule = reportRule(classPoint, 1000);
        const filter = itemWish({ ...node, scale }, classPoint).deadband?.value ?? 0;
        let sent: number | null = null;
        let kept = NOTHING_KNOWN;
        let raw = 0;
        for (const step of drawn) {
          raw += step / scale;
          if (sent === null || Math.abs(raw - sent) > filter) {
            sent = raw;
            const value = sent * scale;
            kept = judge(kept, { point: 'x', value, quality: 'good', gatewayTimeMs: 0 }, rule).state;
          }
          const shown = Number(kept.reported?.value);
          expect(Math.abs(shown - raw * scale)).toBeLessThanOrEqual(1.5 * deadband * (1 + 1e-6));
        }
      }),
    );
  });
});

describe('queue', () => {
  const wish = (minIntervalS = 0) => itemWish(node, pressure, { minIntervalS });

  it('has room for every sample between two publishings', () => {
    expect(queueSize(wish(), 1000, 500)).toBe(3);
    expect(queueSize(wish(), 1000, 0)).toBe(21);
    expect(queueSize(wish(), 500, 1000)).toBe(2);
  });

  it('keeps only the newest where no more may be reported', () => {
    expect(queueSize(wish(60), 1000, 100)).toBe(1);
    expect(queueSize(wish(2), 5000, 100)).toBe(4);
    // A state never waits, whatever is wished.
    expect(queueSize(itemWish(node, point.parse(state), { minIntervalS: 60 }), 1000, 100)).toBe(11);
  });

  it('is bounded, and never shorter than what may be kept', () => {
    const ms = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 100_000 }),
        ms,
        fc.integer({ min: 0, max: 100 }),
        (publishing, sampling, s) => {
          const size = queueSize(wish(s), publishing, sampling);
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThanOrEqual(200);
          const each = Math.max(50, sampling, s * 1000);
          if (size < 200) expect(size * each).toBeGreaterThanOrEqual(publishing);
        },
      ),
    );
  });
});
