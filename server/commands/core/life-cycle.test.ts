import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { APPROVAL_MS, type CommandEvent, request, step } from './life-cycle.ts';

const times = { expiryS: 15, withinS: 10 };
const T = 1_000_000;
const outcome = (
  state: 'confirmed' | 'failed' | 'unknown' | 'refused' | 'expired',
  nowMs = T + 5000,
): CommandEvent => ({
  kind: 'outcome',
  state,
  code: 'read-back',
  reason: 'told',
  readBack: null,
  nowMs,
});

describe('life of a command', () => {
  it('is sent at once, or waits for another person', () => {
    expect(request('li', false, T, times)).toMatchObject({ state: 'sent', expiresAtMs: T + 15_000 });
    const asked = request('li', true, T, times);
    expect(asked).toMatchObject({ state: 'requested', sentAtMs: null });
    expect(step(asked, { kind: 'approve', by: 'li', nowMs: T, times })).toMatchObject({
      ok: false,
      problem: 'forbidden',
    });
    expect(step(asked, { kind: 'approve', by: 'wang', nowMs: T, times })).toMatchObject({
      ok: true,
      send: true,
      life: { state: 'sent', approvedBy: 'wang' },
    });
    expect(step(asked, { kind: 'approve', by: 'wang', nowMs: T + APPROVAL_MS, times }).ok).toBe(false);
  });

  it('becomes unknown without an outcome, and the outcome that comes later counts', () => {
    const life = request('li', false, T, times);
    expect(step(life, { kind: 'deadline', nowMs: T + 20_000 }).ok).toBe(false);
    const late = step(life, { kind: 'deadline', nowMs: life.deadlineAtMs });
    if (!late.ok) throw new Error(late.detail);
    expect(late.life.state).toBe('unknown');
    expect(step(late.life, outcome('confirmed'))).toMatchObject({ ok: true, life: { state: 'confirmed' } });
  });

  it('is sent at most once and never changes a settled outcome, whatever happens in whatever order', () => {
    const event: fc.Arbitrary<CommandEvent> = fc.oneof(
      fc.record({
        kind: fc.constant('approve' as const),
        by: fc.constantFrom('li', 'wang'),
        nowMs: fc.nat(2_000_000),
        times: fc.constant(times),
      }),
      fc
        .tuple(fc.constantFrom('confirmed', 'failed', 'unknown', 'refused', 'expired'), fc.nat(2_000_000))
        .map(([state, at]) => outcome(state, at)),
      fc.record({ kind: fc.constant('deadline' as const), nowMs: fc.nat(2_000_000) }),
    );
    fc.assert(
      fc.property(fc.boolean(), fc.array(event, { maxLength: 20 }), (twoPersons, events) => {
        let life = request('li', twoPersons, 0, times);
        let sends = life.state === 'sent' ? 1 : 0;
        for (const one of events) {
          const before = life.state;
          const next = step(life, one);
          if (!next.ok) continue;
          if (next.send) sends++;
          expect(['requested', 'sent', 'unknown']).toContain(before);
          if (before === 'unknown') expect(one.kind).toBe('outcome');
          life = next.life;
          if (life.sentAtMs !== null && twoPersons) expect(life.approvedBy).toBe('wang');
        }
        expect(sends).toBeLessThanOrEqual(1);
        expect(life.sentAtMs === null).toBe(sends === 0);
      }),
    );
  });
});
