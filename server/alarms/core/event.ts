// Events: records of a site that are no alarms, because nobody could act or had the time to (ISA-18.2-2016, IEC 62682:2022
// "rationalization"). They go through the same rules, delays and qualities; of what follows only the beginning is journalled.
import { type EquipmentClass, type EventReason, eventAsAlarm } from '@louwei/device-profiles';
import { type Definition, definitionsOf } from './definition.ts';
import { NORMAL_FACTS } from './facts.ts';
import { observePoint } from './observe-point.ts';
import type { Reading } from './reading.ts';
import type { Outcome, RuleState } from './rule-state.ts';
import { NO_SETTINGS } from './settings.ts';
import type { Site } from './site.ts';
import type { Transition } from './transition.ts';

export interface EventDefinition extends Definition {
  /** Why it is not an alarm. */
  readonly because: readonly EventReason[];
}

export const isEvent = (definition: Definition): definition is EventDefinition => 'because' in definition;

/** @throws Error naming the event when its rule refers to a parameter that the class does not have. */
export function eventsOf({ events = {}, ...equipmentClass }: EquipmentClass, site?: Site): readonly EventDefinition[] {
  const alarms = Object.fromEntries(Object.entries(events).map(([name, record]) => [name, eventAsAlarm(record)]));
  return definitionsOf({ ...equipmentClass, alarms }, NO_SETTINGS, site).map((definition) => ({
    ...definition,
    because: events[definition.alarm]?.because ?? [],
  }));
}

/** What the machine decided, reduced to the condition; it never has an occurrence, so it is on no list and calls nobody. */
export function asEvent({ state, transitions }: Outcome): Outcome {
  const { cond, suppressedBy } = state.record.facts;
  return {
    state: { ...state, record: { facts: { ...NORMAL_FACTS, cond, suppressedBy }, occurrence: null } },
    transitions: transitions.flatMap((transition): Transition[] => {
      if (transition.event !== 'ACTIVE' || !transition.announced) return [];
      const { value, shown, actor, sourceMs, serverMs } = transition;
      return [{ event: 'EVENT', value, shown, actor, sourceMs, serverMs }];
    }),
  };
}

const mintNothing = (): string => '';

/** At a start: what the last stored readings already said was journalled then. Delays have passed, or are stored themselves. */
export function recallEvent(definition: Definition, state: RuleState, point: string, reading: Reading): RuleState {
  const atOnce = { ...definition, onDelayMs: 0, offDelayMs: 0 };
  return asEvent(observePoint(atOnce, state, point, reading, mintNothing)).state;
}

/** At a start: the silence that goes on was journalled before. Only the next reading ends it. */
export const inSilence = ({ record, watch }: RuleState): RuleState => ({
  record: { ...record, facts: { ...record.facts, cond: true } },
  watch: { ...watch, raw: true, pending: null },
});
