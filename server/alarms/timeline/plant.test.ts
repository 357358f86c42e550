// Invariants of a whole plant under thousands of random timelines: gateways, a bus, a feed, people, and restarts at any
// moment. What holds for one alarm alone is in core/invariants.test.ts.
import { join } from 'node:path';
import { type EquipmentClass, LIBRARY_DIR, loadLibrary } from '@louwei/device-profiles';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AlarmRecord, alarmState, EMPTY_RECORD } from '../core/facts.ts';
import { apply } from '../core/transition.ts';
import { TIMELINE_START_MS as startMs } from './play.ts';
import { CAST, DRAWN_BELOW, FEEDS, playRandom, timelineOf } from './random.ts';
import { createRehearsal } from './rehearsal.ts';
import type { Entry } from './stage.ts';

const CLASSES = ['trial-boiler', 'field-bus', 'gateway'];
let classes: ReadonlyMap<string, EquipmentClass>;
beforeAll(() => {
  const library = loadLibrary([LIBRARY_DIR, join(import.meta.dirname, 'acceptance/library')]);
  classes = new Map([...library.classes].filter(([name]) => CLASSES.includes(name)));
}, 60_000);

const drawn = fc.nat(DRAWN_BELOW - 1);
const timelines = fc
  .array(fc.tuple(drawn, drawn, drawn, drawn, drawn), { minLength: 1, maxLength: 30, size: 'max' })
  .map(timelineOf);

/** Needs no occurrence. */
const STANDS_ALONE: ReadonlySet<string> = new Set(['OOS_ON', 'OOS_OFF', 'HISTORICAL']);

const keyOf = ({ equipmentId, alarm }: Entry): string => `${equipmentId}/${alarm}`;

/** What may make an alarm of the equipment a mere consequence: what stands above it, and never itself. */
const mayCause = (cause: string, equipmentId: string): boolean => {
  const [kind, id = ''] = cause.split(/:(.*)/s);
  const member = CAST.get(equipmentId);
  if (kind === 'gateway') return id === member?.gatewayId;
  if (kind === 'bus') return id === member?.bus;
  if (kind === 'feed')
    return FEEDS.some(({ feederId, fedId }) => fedId === equipmentId && `${feederId}/tripped` === id);
  return kind === 'when' && member !== undefined;
};

/** Follows the journal of a plant entry by entry. @returns what is left at its end, by alarm. */
function follow(journal: readonly Entry[]): ReadonlyMap<string, AlarmRecord> {
  const records = new Map<string, AlarmRecord>();
  const occurrences = new Set<string>();
  const orders = new Set<string>();
  let lastMs = startMs;
  for (const entry of journal) {
    const { transition } = entry;
    const before = records.get(keyOf(entry)) ?? EMPTY_RECORD;
    const after = apply(before, transition);
    records.set(keyOf(entry), after);
    // I4, I14: by somebody, in the order of the server's clock.
    expect(transition.actor).not.toBe('');
    expect(transition.sourceMs).toBeLessThanOrEqual(transition.serverMs);
    if (transition.event !== 'FIRST_OUT') expect(transition.serverMs).toBeGreaterThanOrEqual(lastMs);
    lastMs = Math.max(lastMs, transition.serverMs);
    if (transition.event === 'ACTIVE') {
      // I1: never two at a time, never the same one twice.
      expect(before.occurrence).toBeNull();
      expect(occurrences.has(transition.id)).toBe(false);
      occurrences.add(transition.id);
    } else if (!STANDS_ALONE.has(transition.event)) expect(before.occurrence).not.toBeNull();
    // I13: one order is opened for an occurrence, and never the same one twice.
    if (transition.event === 'WORK_ORDER' && transition.created) {
      expect(orders.has(transition.workOrderId)).toBe(false);
      orders.add(transition.workOrderId);
    }
    // I16: the cause is above its effects, so that it is never the effect of one of them.
    for (const cause of after.facts.suppressedBy) expect(mayCause(cause, entry.equipmentId)).toBe(true);
    // I5: what is announced is on the list and nowhere else.
    if ('announced' in transition && transition.announced)
      expect(['UNACK', 'LATUN']).toContain(alarmState(after.facts));
  }
  return records;
}

describe('a plant', () => {
  it('I1, I3, I4, I5, I7, I8, I13, I14, I16 hold through losses, people and restarts', async () => {
    const events = new Set<string>();
    await fc.assert(
      fc.asyncProperty(timelines, async (steps) => {
        const stage = createRehearsal(classes, CAST, startMs, FEEDS);
        await playRandom(steps, stage, classes);
        const journal = await stage.journal();
        for (const { transition } of journal) events.add(transition.event);
        const records = follow(journal);
        for (const [key, { facts, occurrence }] of records) {
          const [equipmentId = '', alarm = ''] = key.split('/');
          const state = await stage.state(equipmentId, alarm);
          // I3, I7: each alarm is where its journal says, on exactly one list; a normal one may still be suppressed.
          if (occurrence !== null || facts.oos !== null || state !== 'DSUPR') expect(state).toBe(alarmState(facts));
          // I8: also after a restart.
          expect(facts.shelf?.untilMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(stage.nowMs());
        }
      }),
      { numRuns: 2000 },
    );
    for (const event of [
      'SHELVED',
      'SUPPRESSED',
      'UNSUPPRESSED',
      'OOS_ON',
      'FIRST_OUT',
      'WORK_ORDER',
      'UNCERTAIN',
      'HISTORICAL',
    ])
      expect(events).toContain(event);
  }, 120_000);
});
