// Which alarm of a group came first.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlarmRecord, EMPTY_RECORD } from './facts.ts';
import { firstOut } from './first-out.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import { apply } from './transition.ts';

const opened = (sourceMs: number): AlarmRecord => {
  const hand = handDriven(definitionOf());
  hand.at(sourceMs + 1000, 135, sourceMs);
  return hand.record;
};
const came = (after: AlarmRecord) => ({ before: EMPTY_RECORD, after });
const stays = (record: AlarmRecord) => ({ before: record, after: record });
const marked = (record: AlarmRecord) =>
  apply(record, { event: 'FIRST_OUT', actor: 'system', sourceMs: 0, serverMs: 0 });
const aside = (record: AlarmRecord): AlarmRecord => ({
  ...record,
  facts: { ...record.facts, suppressedBy: ['when:x=1'] },
});

describe('first-out', () => {
  it('13: is the earliest at its source, and with equal times the first rule', () => {
    expect(firstOut([came(opened(30)), came(opened(10)), came(opened(20))])).toBe(1);
    expect(firstOut([stays(EMPTY_RECORD), came(opened(10)), came(opened(10))])).toBe(1);
    expect(firstOut([stays(EMPTY_RECORD)])).toBeNull();
  });

  it('is nobody while one of the group is open, returned or latched as it may be', () => {
    expect(firstOut([stays(opened(0)), came(opened(10))])).toBeNull();
    expect(firstOut([{ before: opened(0), after: EMPTY_RECORD }, came(opened(10))])).toBeNull();
  });

  it('is not an alarm that is set aside by design, nor kept from the others by it', () => {
    expect(firstOut([came(aside(opened(0))), came(opened(10))])).toBe(1);
    expect(firstOut([stays(aside(opened(0))), came(opened(10))])).toBe(1);
    expect(firstOut([stays(aside(marked(opened(0)))), came(opened(10))])).toBeNull();
  });

  it('for any history of a group at most one is marked, and one whenever the group had been clear', () => {
    const step = fc.record({
      member: fc.nat(2),
      what: fc.constantFrom('on' as const, 'off' as const, 'ack' as const, 'reset' as const),
      together: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, latching) => {
        const group = [0, 1, 2].map(() => handDriven(definitionOf({ latching })));
        let before = group.map(({ record }) => record);
        steps.forEach(({ member, what, together }, index) => {
          const atMs = index * 100_000;
          const hand = group[member];
          if (hand === undefined) return;
          if (what === 'ack') hand.ack(atMs);
          else if (what === 'reset') hand.reset(atMs);
          else hand.at(atMs, what === 'on' ? 135 : 120);
          if (together && index < steps.length - 1) return;
          const wasClear = before.every(({ occurrence }) => occurrence === null);
          const first = firstOut(
            group.map(({ record }, at) => ({ before: before[at] ?? EMPTY_RECORD, after: record })),
          );
          const stamp = { actor: 'system', sourceMs: atMs, serverMs: atMs };
          if (first !== null)
            group[first]?.take({
              state: { ...group[first].state, record: apply(group[first].record, { event: 'FIRST_OUT', ...stamp }) },
              transitions: [{ event: 'FIRST_OUT', ...stamp }],
            });
          before = group.map(({ record }) => record);
          const open = before.filter(({ occurrence }) => occurrence !== null);
          const marks = before.filter(({ occurrence }) => occurrence?.firstOut === true).length;
          expect(marks).toBeLessThanOrEqual(1);
          if (wasClear && open.length > 0) expect(marks).toBe(1);
        });
      }),
      { numRuns: 2000 },
    );
  });
});
