import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BURST, fullAllowance, PER_SECOND, spend } from './allowance.ts';
import { createChangeSet } from './change-set.ts';
import { createWatchGroups, type Watch } from './watch-groups.ts';

type Value = readonly [string, string, number];
const isFaceplate = (_equipmentId: string, point: string) => point === 'p0';

const ids = ['E0', 'E1', 'E2'];
const watch: fc.Arbitrary<Watch> = fc.record({
  equipment: fc.oneof(fc.constant(['*']), fc.subarray(ids), fc.constant(['E1', '*', 'E1'])),
  points: fc.constantFrom('faceplate', 'all'),
});
const step = fc.oneof(
  fc.record({ do: fc.constant('watch' as const), client: fc.nat(3), watch }),
  fc.record({ do: fc.constant('leave' as const), client: fc.nat(3) }),
  fc.record({ do: fc.constant('value' as const), equipment: fc.constantFrom(...ids), point: fc.nat(2) }),
  fc.record({ do: fc.constant('flush' as const) }),
);

describe('watch groups', () => {
  it('bring each client the newest value of each watched point, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const groups = createWatchGroups<Value, number>(isFaceplate);
        const present = new Map<string, Value>();
        const watches = new Map<number, Watch>();
        const screens = new Map<number, Map<string, Value>>();
        let count = 0;
        const wants = (one: Watch, [equipmentId, point]: Value) =>
          (one.equipment.includes('*') || one.equipment.includes(equipmentId)) &&
          (one.points === 'all' || isFaceplate(equipmentId, point));
        const flush = () => {
          for (const { group, values } of groups.take()) {
            expect(new Set(values.map(([equipmentId, point]) => `${equipmentId} ${point}`)).size).toBe(values.length);
            for (const client of group.clients) {
              for (const value of values) {
                expect(wants(watches.get(client) ?? { equipment: [], points: 'all' }, value)).toBe(true);
                screens.get(client)?.set(`${value[0]} ${value[1]}`, value);
              }
            }
          }
        };
        for (const action of steps) {
          if (action.do === 'value') {
            const value: Value = [action.equipment, `p${action.point}`, ++count];
            present.set(`${value[0]} ${value[1]}`, value);
            const wanted = [...watches.values()].some((one) => wants(one, value));
            expect(groups.add([value])).toBe(wanted);
          } else if (action.do === 'flush') {
            flush();
          } else if (action.do === 'leave') {
            groups.leave(action.client);
            watches.delete(action.client);
            screens.delete(action.client);
          } else {
            // As the shell does: what is pending goes to the others first, then the newcomer gets the present values.
            flush();
            const group = groups.join(action.client, action.watch);
            expect(group === null).toBe(action.watch.equipment.length === 0);
            watches.set(action.client, action.watch);
            const first = [...present].filter(([, value]) => wants(action.watch, value));
            screens.set(action.client, new Map(first));
          }
        }
        flush();
        for (const [client, one] of watches) {
          const expected = new Map([...present].filter(([, value]) => wants(one, value)));
          expect(screens.get(client)).toEqual(expected);
        }
        for (const client of watches.keys()) groups.leave(client);
        expect(groups.size).toBe(0);
        expect(groups.add([['E0', 'p0', 1]])).toBe(false);
      }),
    );
  });

  it('let clients that watch the same share a group', () => {
    const groups = createWatchGroups<Value, number>(isFaceplate);
    const one = groups.join(1, { equipment: ['E1', 'E2'], points: 'all' });
    expect(groups.join(2, { equipment: ['E2', 'E1', 'E1'], points: 'all' })).toBe(one);
    expect(groups.join(3, { equipment: ['E2', 'E1'], points: 'faceplate' })).not.toBe(one);
    expect(groups.groupOf(2)).toBe(one);
    expect(groups.groupOf(9)).toBeUndefined();
  });
});

describe('change set', () => {
  it('keeps the newest state of each thing and starts anew when taken', () => {
    const changes = createChangeSet<{ alarms: { id: string; n: number }; gateways: { id: string } }>();
    expect(changes.take()).toBeNull();
    changes.add({
      alarms: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
      ],
    });
    changes.add({ alarms: [{ id: 'a', n: 2 }], gateways: [] });
    expect(changes.take()).toEqual({
      alarms: [
        { id: 'a', n: 2 },
        { id: 'b', n: 1 },
      ],
    });
    expect(changes.take()).toBeNull();
  });
});

describe('allowance of a client', () => {
  it('never lets more than the burst and the rate through', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 800 }), { maxLength: 300 }), (gaps) => {
        let allowance = fullAllowance(0);
        let nowMs = 0;
        let latestMs = 0;
        let passed = 0;
        for (const gap of gaps) {
          nowMs = Math.max(nowMs + gap, latestMs);
          latestMs = nowMs;
          const left = spend(allowance, nowMs);
          if (left === null) continue;
          allowance = left;
          passed++;
        }
        expect(passed).toBeLessThanOrEqual(BURST + (latestMs / 1000) * PER_SECOND);
      }),
    );
  });
});
