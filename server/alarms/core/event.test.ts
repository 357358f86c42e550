// An event is journalled once each time its condition becomes true, and is nothing else.
import { type EquipmentClass, eventAsAlarm } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asEvent, eventsOf, isEvent, recallEvent } from './event.ts';
import { EMPTY_RECORD } from './facts.ts';
import { classOf } from './fixtures.ts';
import { observePoint } from './observe-point.ts';
import { wake } from './qualification.ts';
import type { Reading } from './reading.ts';
import { newRuleState } from './rule-state.ts';
import { replay, type Transition } from './transition.ts';

const described = (onDelayS = 0): EquipmentClass => ({
  ...classOf({}),
  events: {
    warm: {
      rule: { kind: 'limit', point: 'temperature', above: { parameter: 'limit' }, deadband: 5 },
      onDelayS,
      offDelayS: 0,
      latching: true,
      shelvable: true,
      consequenceOf: [],
      suppressWhen: [{ point: 'tripped', equals: 1 }],
      text: { zh: '{value}', en: 'warm at {value}' },
      because: ['no-action'],
    },
  },
});
const definitionOf = (onDelayS = 0) => {
  const [definition] = eventsOf(described(onDelayS));
  if (definition === undefined) throw new Error('the class has no event');
  return definition;
};
const reading = (value: number, atMs: number, usable = true): Reading => ({
  value,
  shown: value,
  usable,
  why: usable ? 'good' : 'timeout',
  sourceMs: atMs,
  atMs,
});
const mint = () => 'never';

describe('events', () => {
  it('are defined with their reasons, parameters resolved', () => {
    const definition = definitionOf();
    expect(isEvent(definition)).toBe(true);
    expect(definition).toMatchObject({ because: ['no-action'], rule: { above: 140 } });
    expect(eventsOf(classOf({}))).toEqual([]);
    expect(eventAsAlarm({ ...definition.record, because: ['no-action'] })).toMatchObject({ priority: 4 });
  });

  it('journal the value and the text once, wait for their delay, and again only after the condition has gone', () => {
    const definition = definitionOf(10);
    let state = newRuleState(0);
    const journal: Transition[] = [];
    const see = (value: number, atMs: number): void => {
      const outcome = asEvent(observePoint(definition, state, 'temperature', reading(value, atMs), mint));
      ({ state } = outcome);
      journal.push(...outcome.transitions);
    };
    see(150, 1000);
    expect(journal).toEqual([]);
    const woken = asEvent(wake(definition, state, 11_000, mint));
    ({ state } = woken);
    journal.push(...woken.transitions);
    expect(journal).toMatchObject([{ event: 'EVENT', value: 150, shown: { text: { en: 'warm at 150.0' } } }]);
    see(160, 12_000);
    see(100, 13_000);
    expect(journal).toHaveLength(1);
    see(150, 14_000);
    see(150, 24_000);
    expect(journal).toHaveLength(2);
  });

  it('whatever is read: never an occurrence, as many entries as beginnings outside a cause', () => {
    const definition = definitionOf();
    const step = fc.record({
      point: fc.constantFrom('temperature', 'tripped'),
      high: fc.boolean(),
      usable: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state = newRuleState(0);
        let before = false;
        let wanted = false;
        let beginnings = 0;
        const journal: Transition[] = [];
        for (const [index, { point, high, usable }] of steps.entries()) {
          const value = point === 'tripped' ? Number(high) : high ? 150 : 100;
          const outcome = asEvent(observePoint(definition, state, point, reading(value, index + 1, usable), mint));
          ({ state } = outcome);
          journal.push(...outcome.transitions);
          const { facts, occurrence } = state.record;
          expect(occurrence).toBeNull();
          if (facts.cond && !before && facts.suppressedBy.length === 0) beginnings++;
          if (point === 'temperature' && usable) wanted = high;
          expect(facts.cond).toBe(wanted);
          before = facts.cond;
        }
        expect(journal.map(({ event }) => event)).toEqual(Array.from({ length: beginnings }, () => 'EVENT'));
        expect(replay(journal)).toEqual(EMPTY_RECORD);
      }),
    );
  });

  it('that were true before a restart are not journalled again', () => {
    const definition = definitionOf(10);
    const state = recallEvent(definition, newRuleState(0), 'temperature', reading(150, 0));
    expect(state.record.facts.cond).toBe(true);
    const outcome = asEvent(observePoint(definition, state, 'temperature', reading(151, 60_000), mint));
    expect(outcome.transitions).toEqual([]);
  });
});
