// Small classes and a hand-driven rule for tests of the core: time is a number, readings are calls.
import { type AlarmDefinition, type EquipmentClass, equipmentClass } from '@louwei/device-profiles';
import { type Definition, definitionsOf } from './definition.ts';
import { type AlarmRecord, alarmState } from './facts.ts';
import { acknowledge, type Decision, reset } from './machine.ts';
import { observePoint } from './observe-point.ts';
import { returnToService, takeOutOfService } from './out-of-service.ts';
import { wake } from './qualification.ts';
import { adopt, newRuleState, type Outcome, type RuleState } from './rule-state.ts';
import { shelve, unshelve } from './shelving.ts';
import type { Transition } from './transition.ts';

const words = (text: string) => ({ zh: text, en: text });

export const alarmOf = (changes: Partial<AlarmDefinition>): AlarmDefinition => ({
  rule: { kind: 'limit', point: 'temperature', above: 130, deadband: 5 },
  priority: 2,
  onDelayS: 0,
  offDelayS: 0,
  latching: false,
  shelvable: true,
  suppressWhen: [],
  consequenceOf: [],
  text: words('{value} over {limit}'),
  cause: words('cause'),
  consequence: words('consequence'),
  action: { zh: ['去'], en: ['go'] },
  timeToRespondMin: 10,
  ...changes,
});

export const classOf = (alarms: Record<string, AlarmDefinition>, name = 'transformer'): EquipmentClass =>
  equipmentClass.parse({
    class: name,
    label: words('Transformer'),
    group: 'transformers',
    points: {
      temperature: { label: words('Temperature'), kind: 'analog', unit: '°C', decimals: 1 },
      tripped: { label: words('Tripped'), kind: 'state' },
      command: { label: words('Command'), kind: 'state' },
      setpoint: { label: words('Set-point'), kind: 'analog', unit: '°C' },
    },
    parameters: { limit: { label: words('Limit'), unit: '°C', default: 140, range: [100, 160] } },
    alarms,
    faceplate: ['temperature'],
  });

export const definitionOf = (changes: Partial<AlarmDefinition> = {}): Definition => {
  const [definition] = definitionsOf(classOf({ hot: alarmOf(changes) }));
  if (definition === undefined) throw new Error('the class has no alarm');
  return definition;
};

/** One rule in the hands of a test. */
export function handDriven(definition: Definition, initial: RuleState = newRuleState(0)) {
  let state = initial;
  let minted = 0;
  const journal: Transition[] = [];
  const mint = () => `occurrence-${++minted}`;
  const take = (outcome: Outcome): readonly Transition[] => {
    state = outcome.state;
    journal.push(...outcome.transitions);
    return outcome.transitions;
  };
  const decide = (decision: Decision): Decision => {
    if (decision.ok) take(adopt(state, decision.transitions));
    return decision;
  };
  const stamp = (atMs: number, actor = 'wang') => ({ actor, sourceMs: atMs, serverMs: atMs });
  return {
    journal,
    mint,
    take,
    get state(): RuleState {
      return state;
    },
    get record(): AlarmRecord {
      return state.record;
    },
    get shown() {
      return alarmState(state.record.facts);
    },
    get events() {
      return journal.map((transition) => transition.event);
    },
    at: (atMs: number, value: number, sourceMs = atMs) => {
      const reading = { value, shown: value, usable: true, why: 'good', sourceMs, atMs };
      return take(observePoint(definition, state, definition.point, reading, mint));
    },
    /** Any point of the class; null is a reading without a usable value. */
    point: (atMs: number, name: string, value: number | null, sourceMs = atMs) => {
      const usable = value !== null;
      const reading = { value, shown: value, usable, why: usable ? 'good' : 'timeout', sourceMs, atMs };
      return take(observePoint(definition, state, name, reading, mint));
    },
    bad: (atMs: number, why = 'timeout') => {
      const reading = { value: null, shown: null, usable: false, why, sourceMs: atMs, atMs };
      return take(observePoint(definition, state, definition.point, reading, mint));
    },
    wait: (atMs: number) => take(wake(definition, state, atMs, mint)),
    ack: (atMs: number, activationSeq?: number, actor = 'wang') =>
      decide(acknowledge(state.record, { activationSeq, comment: null }, stamp(atMs, actor))),
    reset: (atMs: number) => decide(reset(state.record, stamp(atMs))),
    shelve: (atMs: number, minutes: number, oneShot?: boolean) =>
      decide(shelve(state.record, { minutes, reason: 'known', shelvable: definition.shelvable, oneShot }, stamp(atMs))),
    outOfService: (atMs: number, request: Partial<Parameters<typeof takeOutOfService>[1]> = {}) =>
      decide(
        takeOutOfService(
          state.record,
          { reason: 'overhaul', reference: 'WO-1', reviewAtMs: atMs + 3600_000, ...request },
          stamp(atMs),
        ),
      ),
    inService: (atMs: number) => decide(returnToService(state.record, stamp(atMs))),
    unshelve: (atMs: number) => decide(unshelve(state.record, 'person', stamp(atMs))),
  };
}
