// One condition in the address space, made when its alarm is first raised: its nodes take the facts of the alarm and tell
// every change as an event. The library's own state logic (branches, timers, enable) is not used: the alarm engine decides.
import {
  type ConditionSnapshot,
  DataType,
  DataValue,
  NodeId,
  StatusCodes,
  type UAAlarmConditionEx,
  type UAObject,
  type UAVariable,
} from 'node-opcua';
import type { Alarm } from '../../contract/alarms.ts';
import { type ConditionFacts, conditionFacts } from './core/mapping.ts';
import type { Tree } from './tree.ts';

export interface Condition {
  readonly node: UAAlarmConditionEx;
  /** What is shown now. */
  readonly alarm: Alarm;
  /** Shows the alarm and raises its event. @returns the event's id. */
  show(alarm: Alarm, comment: string): string;
}

const OPTIONALS = [
  'SuppressedState',
  'SuppressedState.TrueState',
  'SuppressedState.FalseState',
  'OutOfServiceState',
  'OutOfServiceState.TrueState',
  'OutOfServiceState.FalseState',
  'LatchedState',
  'LatchedState.TrueState',
  'LatchedState.FalseState',
  'ShelvingState',
  'Silence',
  'Reset',
];

export function createCondition(tree: Tree, source: UAObject, first: Alarm, now: () => number): Condition {
  const node = tree.namespace.instantiateAlarmCondition('AlarmConditionType', {
    browseName: first.alarm,
    nodeId: `s=${first.equipmentId}/${first.alarm}`,
    componentOf: source,
    conditionOf: source,
    conditionSource: source,
    conditionName: first.alarm,
    // A lost connection says something of the system, not of the process (Part 9 5.9).
    conditionClass: tree.namespace.addressSpace.findObjectType(
      first.point === null ? 'SystemConditionClassType' : 'ProcessConditionClassType',
    ),
    // The rule may look at several points: no single variable is its input.
    inputNode: NodeId.nullNodeId,
    maxTimeShelved: conditionFacts(first).maxTimeShelvedMs,
    optionals: OPTIONALS,
  });
  node.setSourceName(first.equipmentId);
  label(node.latchedState, 'Latched', 'Unlatched');
  label(node.outOfServiceState, 'Out of Service', 'In Service');
  label(node.suppressedState, 'Suppressed', 'Unsuppressed');
  let unshelveAtMs: number | null = null;
  node.shelvingState?.unshelveTime.bindVariable(
    {
      timestamped_get: () =>
        new DataValue({
          statusCode: unshelveAtMs === null ? StatusCodes.BadConditionNotShelved : StatusCodes.Good,
          value: { dataType: DataType.Double, value: Math.max(0, (unshelveAtMs ?? 0) - now()) },
          sourceTimestamp: new Date(now()),
        }),
    },
    true,
  );
  // Shelving methods may be called on the condition itself too (Part 9 5.8.17.4).
  for (const method of node.shelvingState?.getMethods() ?? [])
    node.addReference({ referenceType: 'HasComponent', nodeId: method.nodeId });
  let alarm = first;
  return {
    node,
    get alarm() {
      return alarm;
    },
    show(next, comment) {
      const nowMs = now();
      const isActivation = next.id !== alarm.id || next.activationSeq !== alarm.activationSeq || next === first;
      alarm = next;
      const facts = conditionFacts(next);
      unshelveAtMs = facts.unshelveAtMs;
      const branch = node.currentBranch();
      write(node, branch, facts, nowMs);
      branch.setMessage(facts.message);
      branch.setComment(comment);
      branch.setTime(new Date(isActivation ? Date.parse(next.activeAt) : nowMs));
      branch.setReceiveTime(new Date(nowMs));
      node.raiseConditionEvent(branch, true);
      return branch.getEventId().toString('hex');
    },
  };
}

function write(node: UAAlarmConditionEx, branch: ConditionSnapshot, facts: ConditionFacts, nowMs: number): void {
  branch.setActiveState(facts.active);
  branch.setAckedState(facts.acked);
  if (branch.getSeverity() !== facts.severity) branch.setSeverity(facts.severity);
  branch.setRetain(facts.retain);
  branch.setQuality(facts.certain ? StatusCodes.Good : StatusCodes.UncertainLastUsableValue);
  branch.setSuppressedState(facts.suppressed);
  setTwoState(node.outOfServiceState, facts.outOfService, nowMs);
  setTwoState(node.latchedState, facts.latched, nowMs);
  if (node.shelvingState !== undefined && node.shelvingState.getCurrentState() !== facts.shelving)
    node.shelvingState.setState(facts.shelving);
  node.maxTimeShelved?.setValueFromSource({ dataType: DataType.Double, value: facts.maxTimeShelvedMs });
  // Last, because the library sets it whenever one of the others changes, and leaves out of service out.
  node.suppressedOrShelved.setValueFromSource({ dataType: DataType.Boolean, value: facts.suppressedOrShelved });
}

type TwoState = UAVariable & {
  readonly id: UAVariable;
  readonly trueState?: UAVariable;
  readonly falseState?: UAVariable;
};

function label(state: TwoState | undefined, whenTrue: string, whenFalse: string): void {
  state?.trueState?.setValueFromSource({ dataType: DataType.LocalizedText, value: { text: whenTrue } });
  state?.falseState?.setValueFromSource({ dataType: DataType.LocalizedText, value: { text: whenFalse } });
  state?.setValueFromSource({ dataType: DataType.LocalizedText, value: { text: whenFalse } });
  state?.id.setValueFromSource({ dataType: DataType.Boolean, value: false });
}

/** The library keeps these two states in the model, but moves only those that its own logic uses. */
function setTwoState(state: TwoState | undefined, value: boolean, nowMs: number): void {
  if (state === undefined || state.id.readValue().value.value === value) return;
  const words = (value ? state.trueState : state.falseState)?.readValue().value;
  state.id.setValueFromSource({ dataType: DataType.Boolean, value }, StatusCodes.Good, new Date(nowMs));
  if (words !== undefined) state.setValueFromSource(words, StatusCodes.Good, new Date(nowMs));
}
