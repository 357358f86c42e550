import type { alarms } from '@louwei/server/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange, compareAlarms, countByPriority, hiddenActive, isUnacknowledged, NO_FILTER, passes } from './order.ts';

type Alarm = alarms.Alarm;
const base: Alarm = {
  id: '1',
  equipmentId: 'TR-1',
  equipmentName: { zh: '一号变压器', en: 'Transformer 1' },
  place: { site: 'Site', building: 'A', floor: 'B1', room: '101' },
  alarm: 'winding-overtemperature',
  point: 'windingTemperature',
  priority: 2,
  state: 'UNACK',
  active: true,
  acknowledged: false,
  uncertain: false,
  text: { zh: '绕组超温', en: 'Winding too hot' },
  value: 131,
  limit: 130,
  unit: '°C',
  activeAt: '2026-01-01T00:00:00.000Z',
  detectedAt: '2026-01-01T00:00:00.000Z',
  clearedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  activationSeq: 1,
  activations: 1,
  chattering: false,
  acknowledgeOverdue: false,
  firstOut: false,
  workOrderId: null,
  shelvedUntil: null,
};

const anyAlarm = fc
  .record({
    id: fc.uuid(),
    priority: fc.integer({ min: 1, max: 4 }),
    state: fc.constantFrom('UNACK' as const, 'ACKED' as const, 'RTNUN' as const, 'LATAK' as const, 'SHLVD' as const),
    activeAt: fc.integer({ min: 0, max: 3 }).map((s) => new Date(s).toISOString()),
  })
  .map((part): Alarm => ({ ...base, ...part }));

describe('order of the alarm list', () => {
  it('is unacknowledged, then priority, then newest', () => {
    const rows: Alarm[] = [
      { ...base, id: 'a', state: 'ACKED', priority: 1 },
      { ...base, id: 'b', priority: 3, activeAt: '2026-01-01T00:00:01.000Z' },
      { ...base, id: 'c', priority: 3, activeAt: '2026-01-01T00:00:02.000Z' },
      { ...base, id: 'd', state: 'RTNUN', priority: 1 },
    ];
    expect(arrange([], rows, false).order).toEqual(['d', 'c', 'b', 'a']);
  });

  it('does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyAlarm, { selector: (alarm) => alarm.id }), (rows) => {
        const backwards = [...rows].reverse();
        expect(arrange([], backwards, false)).toEqual(arrange([], rows, false));
        const sorted = [...rows].sort(compareAlarms);
        const firstAcked = sorted.findIndex((alarm) => !isUnacknowledged(alarm));
        if (firstAcked >= 0) expect(sorted.slice(firstAcked).some(isUnacknowledged)).toBe(false);
      }),
    );
  });

  it('stands still while held, and every new alarm waits behind the bar', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyAlarm, { selector: (alarm) => alarm.id }),
        fc.uniqueArray(anyAlarm, { selector: (alarm) => alarm.id }),
        (before, after) => {
          const seen = arrange([], before, false).order;
          const held = arrange(seen, after, true);
          expect(held.order).toEqual(seen);
          expect([...held.pending].sort()).toEqual(
            after
              .map((a) => a.id)
              .filter((id) => !seen.includes(id))
              .sort(),
          );
          expect(arrange(held.order, after, false).pending).toEqual([]);
        },
      ),
    );
  });
});

describe('filter and counts', () => {
  it('filters by priority, building, state and text of either language', () => {
    expect(passes(base, { ...NO_FILTER, priorities: [1] })).toBe(false);
    expect(passes(base, { ...NO_FILTER, building: 'B' })).toBe(false);
    expect(passes(base, { ...NO_FILTER, state: 'acked' })).toBe(false);
    expect(passes(base, { ...NO_FILTER, text: '超温' })).toBe(true);
    expect(passes(base, { ...NO_FILTER, text: 'HOT' })).toBe(true);
    expect(passes({ ...base, state: 'SHLVD' }, NO_FILTER)).toBe(false);
    expect(passes({ ...base, state: 'SHLVD' }, { ...NO_FILTER, state: 'aside' })).toBe(true);
  });

  it('counts what a filter hides, but not what is set aside', () => {
    const rows = [base, { ...base, id: '2', priority: 1 }, { ...base, id: '3', state: 'SHLVD' as const }];
    expect(hiddenActive(rows, NO_FILTER)).toBe(0);
    expect(hiddenActive(rows, { ...NO_FILTER, priorities: [1] })).toBe(1);
  });

  it('never counts more unacknowledged than open', () => {
    fc.assert(
      fc.property(fc.array(anyAlarm), (rows) => {
        for (const count of countByPriority(rows)) expect(count.unacknowledged).toBeLessThanOrEqual(count.active);
      }),
    );
  });
});
