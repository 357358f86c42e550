// The life cycle and its clocks under random steps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOLD_REASONS, WORK_ORDER_STEPS, type WorkOrderStep } from '../../contract/work-orders.ts';
import { clocksOf, DEFAULT_POLICY } from './clocks.ts';
import {
  assigneeOf,
  decide,
  type Entry,
  isOpen,
  LIFE_CYCLE,
  REOPEN_WITHIN_MS,
  stateOf,
  stepsOf,
} from './life-cycle.ts';
import { orderNumber } from './number.ts';

const MIN = 60_000;
const created: Entry = {
  step: 'create',
  from: null,
  to: 'NEW',
  actor: 'system',
  atMs: 0,
  assignee: null,
  reason: null,
  note: null,
};
const take = (
  entries: readonly Entry[],
  step: WorkOrderStep,
  nowMs: number,
  more: {
    actor?: string;
    reason?: string;
    note?: string;
    assignee?: string;
    alarmActive?: boolean;
    confirmActive?: boolean;
  } = {},
) => decide(entries, { step, actor: 'li', nowMs, alarmActive: false, ...more });
const follow = (
  ...steps: readonly [WorkOrderStep, number, { reason?: string; note?: string; assignee?: string }?][]
): Entry[] => {
  const entries = [created];
  for (const [step, atMs, more] of steps) {
    const decision = take(entries, step, atMs, more);
    if (!decision.ok) throw new Error(decision.detail);
    entries.push(...decision.entries);
  }
  return entries;
};

const anyStep = fc.record({
  step: fc.constantFrom(...WORK_ORDER_STEPS),
  after: fc.integer({ min: 0, max: 600 * MIN }),
  reason: fc.option(fc.constantFrom(...HOLD_REASONS), { nil: undefined }),
  note: fc.option(fc.constant('seen'), { nil: undefined }),
  assignee: fc.option(fc.constant('zhao'), { nil: undefined }),
  alarmActive: fc.boolean(),
  confirmActive: fc.boolean(),
  actor: fc.constantFrom('li', 'wang'),
});

describe('life cycle', () => {
  it('any sequence keeps the journal consistent, refusals change nothing, clocks are never negative', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, priority) => {
        let entries: readonly Entry[] = [created];
        let nowMs = 0;
        let confirmedBy: string | null = null;
        for (const { after, ...request } of steps) {
          nowMs += after;
          const before = entries;
          const legal = LIFE_CYCLE[stateOf(before)][request.step] !== undefined;
          const decision = decide(before, { ...request, nowMs });
          if (decision.ok) {
            expect(legal).toBe(true);
            entries = [...before, ...decision.entries];
            if (request.step === 'complete') {
              expect(request.alarmActive && !request.confirmActive).toBe(false);
              confirmedBy = request.alarmActive ? request.actor : null;
            }
            if (request.step === 'verify') expect(request.actor).not.toBe(confirmedBy);
          } else expect(decision.detail).not.toBe('');
          for (const [index, entry] of entries.entries()) {
            expect(entry.from).toBe(index === 0 ? null : entries[index - 1]?.to);
            expect(entry.atMs).toBeGreaterThanOrEqual(entries[index - 1]?.atMs ?? 0);
          }
          const clocks = clocksOf(entries, DEFAULT_POLICY.urgent, priority, nowMs);
          for (const clock of Object.values(clocks)) {
            expect(clock.elapsedMs).toBeGreaterThanOrEqual(0);
            expect(clock.dueAtMs).toBeGreaterThanOrEqual(0);
          }
          const age = nowMs - created.atMs;
          expect(clocks.response.elapsedMs).toBeLessThanOrEqual(age);
          expect(clocks.response.state).not.toBe('paused');
          expect(clocks.arrival.state).not.toBe('paused');
          if (priority === 1) expect(clocks.resolution.state).not.toBe('paused');
          if (!isOpen(stateOf(entries))) expect(clocks.resolution.stoppedAtMs).not.toBeNull();
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('only the resolution pauses, and exactly for the time on hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: MIN }), fc.integer({ min: 0, max: MIN })), { maxLength: 10 }),
        (holds) => {
          let entries: readonly Entry[] = follow(['accept', 0], ['arrive', 0], ['start', 0]);
          let [nowMs, paused] = [0, 0];
          for (const [work, hold] of holds) {
            for (const [step, atMs] of [
              ['hold', nowMs + work],
              ['resume', nowMs + work + hold],
            ] as const) {
              const decision = take(entries, step, atMs, { reason: 'spare-part' });
              if (decision.ok) entries = [...entries, ...decision.entries];
            }
            nowMs += work + hold;
            paused += hold;
          }
          const clocks = clocksOf(entries, DEFAULT_POLICY.repair, 3, nowMs);
          expect(clocks.resolution.elapsedMs).toBe(nowMs - paused);
          expect(clocks.resolution.dueAtMs).toBe(2880 * MIN + paused);
          expect(clocksOf(entries, DEFAULT_POLICY.repair, 1, nowMs).resolution.elapsedMs).toBe(nowMs);
          expect(clocks.response.elapsedMs).toBe(0);
        },
      ),
    );
  });

  it('self-accept, skipped steps and take-over record who', () => {
    const entries = follow(['accept', MIN], ['arrive', 20 * MIN], ['complete', 50 * MIN], ['verify', 60 * MIN]);
    expect(entries.map((entry) => entry.step)).toEqual(['create', 'accept', 'arrive', 'start', 'complete', 'verify']);
    expect(assigneeOf(entries)).toBe('li');
    expect(stateOf(entries)).toBe('CLOSED');
    const clocks = clocksOf(entries, DEFAULT_POLICY.emergency, 1, 99 * MIN);
    expect(clocks.response).toMatchObject({ elapsedMs: MIN, state: 'met', stoppedAtMs: MIN, dueAtMs: 5 * MIN });
    expect(clocks.arrival).toMatchObject({ elapsedMs: 20 * MIN, state: 'met' });
    expect(clocks.resolution).toMatchObject({ elapsedMs: 50 * MIN, state: 'met' });
    expect(assigneeOf(follow(['dispatch', 0, { assignee: 'zhao' }]))).toBe('zhao');
    expect(assigneeOf(follow(['dispatch', 0, { assignee: 'zhao' }], ['accept', 1]))).toBe('li');
    expect(assigneeOf(follow(['accept', 1], ['reject', 2, { reason: 'wrong skill' }]))).toBeNull();
  });

  it('an alarm that is still active: completion is confirmed, another person verifies it with a note', () => {
    const working = follow(['accept', 0], ['arrive', 0]);
    expect(take(working, 'complete', 1, { alarmActive: true })).toMatchObject({ ok: false, code: 'alarm-active' });
    const done = take(working, 'complete', 1, { alarmActive: true, confirmActive: true });
    if (!done.ok) throw new Error(done.detail);
    expect(done.entries.map((entry) => entry.step)).toEqual(['start', 'complete', 'note']);
    const entries = [...working, ...done.entries];
    const note = 'sensor is broken';
    for (const alarmActive of [true, false])
      expect(take(entries, 'verify', 2, { alarmActive, note })).toMatchObject({ ok: false, code: 'second-person' });
    const chief = { actor: 'zhao', alarmActive: true };
    expect(take(entries, 'verify', 2, chief)).toMatchObject({ ok: false, code: 'invalid-transition' });
    expect(take(entries, 'verify', 2, { ...chief, note })).toMatchObject({ ok: true });
  });

  it('missing fields are named', () => {
    const accepted = follow(['accept', 0]);
    expect(take(accepted, 'hold', 1, { reason: 'lunch' })).toMatchObject({
      ok: false,
      detail: expect.stringContaining('spare-part'),
    });
    expect(take(accepted, 'cancel', 1)).toMatchObject({ ok: false, code: 'invalid-request' });
    expect(take(accepted, 'reassign', 1)).toMatchObject({ ok: false, detail: expect.stringContaining('assignee') });
  });

  it('resumes where the hold began; opened again within 7 days with a new clock that keeps the old breach', () => {
    expect(stateOf(follow(['accept', 0], ['hold', 1, { reason: 'supplier' }], ['resume', 2]))).toBe('ACCEPTED');
    const late = 1500 * MIN;
    const closed = follow(['accept', 0], ['arrive', 0], ['complete', late], ['verify', late]);
    const again = follow(
      ['accept', 0],
      ['arrive', 0],
      ['complete', late],
      ['verify', late],
      ['reject-verify', late + MIN, { note: 'leaks again' }],
    );
    expect(clocksOf(again, DEFAULT_POLICY.urgent, 2, late + 2 * MIN).resolution).toMatchObject({
      elapsedMs: MIN,
      state: 'breached',
    });
    expect(stepsOf(closed, late + REOPEN_WITHIN_MS)).toEqual(['reject-verify']);
    expect(take(closed, 'reject-verify', late + REOPEN_WITHIN_MS + 1, { note: 'x' })).toMatchObject({ ok: false });
  });

  it('numbers', () => {
    expect(orderNumber(123, Date.UTC(2026, 5, 1))).toBe('WO-2026-000123');
  });
});
