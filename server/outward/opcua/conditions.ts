// All conditions that exist. One weighs some 280 kB and takes 7 ms to make, so only alarms that were raised have one, at
// most MAX_CONDITIONS; alarms that are closed make room first. Changes are shown in slices, so that a flood of them never
// holds up the queue that decides about alarms.
import type { OPCUAServer } from 'node-opcua';
import type { Alarm } from '../../contract/alarms.ts';
import { type Condition, createCondition } from './condition.ts';
import { createEventIds, type EventIds } from './core/event-ids.ts';
import { createTree } from './tree.ts';

export interface Conditions {
  readonly eventIds: EventIds;
  byNodeId(nodeId: string): Condition | undefined;
  /** Alarms changed; several changes of one occurrence that wait together are shown as the last. */
  changed(alarms: readonly Alarm[]): void;
  /** Shows what waits for the same condition, now: whoever called a method reads the new state. Without a name: all. */
  flush(alarm?: Alarm): void;
  /** The comment of the event that comes next for this occurrence; empty takes it back. */
  commented(alarmId: string, text: string): void;
  /** Open alarms for which there was no room. */
  readonly leftOut: number;
  stop(): void;
}

interface ConditionsOptions {
  readonly server: OPCUAServer;
  readonly bind: (condition: Condition) => void;
  readonly now: () => number;
  readonly onError: (error: unknown, alarm: Alarm) => void;
  readonly most?: number;
}

const MAX_CONDITIONS = 1_500;
const EVENTS_REMEMBERED = 20_000;
const SLICE_MS = 15;

const keyOf = ({ equipmentId, alarm }: Alarm): string => `${equipmentId}/${alarm}`;

export function createConditions({ server, bind, now, onError, most = MAX_CONDITIONS }: ConditionsOptions): Conditions {
  const tree = createTree(server);
  const eventIds = createEventIds(EVENTS_REMEMBERED);
  /** Longest unchanged first. */
  const shown = new Map<string, Condition>();
  const byNodeId = new Map<string, Condition>();
  const waiting = new Map<string, Alarm>();
  const leftOut = new Map<string, Alarm>();
  const comments = new Map<string, string>();
  let timer: NodeJS.Immediate | undefined;

  function makeRoom(): boolean {
    if (shown.size < most) return true;
    for (const [key, { node, alarm }] of shown) {
      if (alarm.state !== 'NORM') continue;
      shown.delete(key);
      byNodeId.delete(node.nodeId.toString());
      tree.namespace.deleteNode(node);
      return true;
    }
    return false;
  }

  function conditionOf(alarm: Alarm): Condition | undefined {
    const known = shown.get(keyOf(alarm));
    // A closed alarm that has no condition has nothing to tell.
    if (known !== undefined || alarm.state === 'NORM' || !makeRoom()) return known;
    const source = tree.equipment({ id: alarm.equipmentId, name: alarm.equipmentName, place: alarm.place });
    const made = createCondition(tree, source, alarm, now);
    bind(made);
    byNodeId.set(made.node.nodeId.toString(), made);
    if (made.node.shelvingState !== undefined) byNodeId.set(made.node.shelvingState.nodeId.toString(), made);
    return made;
  }

  function show(alarm: Alarm): void {
    const comment = comments.get(alarm.id) ?? '';
    comments.delete(alarm.id);
    leftOut.delete(alarm.id);
    const condition = conditionOf(alarm);
    if (condition === undefined) {
      if (alarm.state !== 'NORM') leftOut.set(alarm.id, alarm);
      return;
    }
    shown.delete(keyOf(alarm));
    shown.set(keyOf(alarm), condition);
    eventIds.remember(condition.show(alarm, comment), { alarmId: alarm.id, activationSeq: alarm.activationSeq });
    if (alarm.state !== 'NORM') return;
    const [next] = leftOut.values();
    if (next !== undefined) waiting.set(next.id, next);
  }

  function showWaiting(alarm: Alarm): void {
    waiting.delete(alarm.id);
    try {
      show(alarm);
    } catch (error) {
      onError(error, alarm);
    }
  }

  function drain(untilMs: number): void {
    for (const alarm of waiting.values()) {
      showWaiting(alarm);
      if (performance.now() > untilMs) break;
    }
    if (waiting.size > 0) schedule();
  }

  function schedule(): void {
    timer ??= setImmediate(() => {
      timer = undefined;
      drain(performance.now() + SLICE_MS);
    });
  }

  return {
    eventIds,
    byNodeId: (nodeId) => byNodeId.get(nodeId),
    changed(alarms) {
      for (const alarm of alarms) {
        // Behind what waits already: the end of one occurrence is told before the next one begins.
        waiting.delete(alarm.id);
        waiting.set(alarm.id, alarm);
      }
      schedule();
    },
    flush(alarm) {
      if (alarm === undefined) return drain(Number.POSITIVE_INFINITY);
      const mine = [...waiting.values()].filter((one) => keyOf(one) === keyOf(alarm));
      for (const one of mine) showWaiting(one);
    },
    commented(alarmId, text) {
      if (text === '') comments.delete(alarmId);
      else comments.set(alarmId, text);
    },
    get leftOut() {
      return leftOut.size;
    },
    stop() {
      clearImmediate(timer);
      waiting.clear();
    },
  };
}
