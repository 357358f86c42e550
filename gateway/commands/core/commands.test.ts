import { type DeviceModel, deviceModel, type EquipmentClass, writeRule } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureClass, fixtureHeader } from '../../drivers/host.fixture.ts';
import type { WriteOutcome } from '../../drivers/port.ts';
import {
  type AdmissionFacts,
  type Admissions,
  admit,
  type CommandRequest,
  conclude,
  noAdmissions,
} from './admission.ts';
import { onReading, onTimeUp, outcomeOfWrite, type ReadBack } from './read-back.ts';

const open: EquipmentClass = { ...fixtureClass, remoteControl: true };
const model: DeviceModel = deviceModel.parse({
  ...fixtureHeader,
  model: 'test/commands',
  protocol: 'modbus',
  modbus: { addressBase: 0 },
  points: {
    pressure: {
      area: 'holding',
      address: 1,
      type: 'u16',
      write: {
        range: [0, 100],
        perMinute: 3,
        expiryS: 15,
        interlock: [{ point: 'running', is: 1 }],
        readBack: { point: 'level', withinS: 5, tolerance: 1 },
      },
    },
    level: { area: 'holding', address: 2, type: 'u16' },
  },
  examples: [{ point: 'level', registers: [1], value: 1 }],
});
const START = 1_000_000;
const request = (change: Partial<CommandRequest> = {}): CommandRequest => ({
  id: 'c1',
  device: 'P-1',
  point: 'pressure',
  value: 50,
  issuedAtMs: START + 1000,
  expiresAtMs: START + 11_000,
  ...change,
});
const facts = (change: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  nowMs: START + 2000,
  enabled: true,
  device: { model, class: open },
  current: () => 1,
  ...change,
});
const outcomeOf = (asked: CommandRequest, known: AdmissionFacts, state: Admissions = noAdmissions(START)) => {
  const { admission } = admit(state, asked, known);
  return admission.kind === 'answer' ? `${admission.outcome.state}: ${admission.outcome.reason}` : admission.kind;
};

describe('admission', () => {
  it('executes what is allowed now', () => {
    expect(outcomeOf(request(), facts())).toBe('execute');
  });

  it.each([
    ['a read-only gateway', request(), facts({ enabled: false }), /^refused: the gateway is read-only/],
    ['a point without a write rule', request({ point: 'level' }), facts(), /^refused: .*cannot be written/],
    ['an unknown device', request(), facts({ device: undefined }), /^refused: no device P-1/],
    ['a value out of range', request({ value: 101 }), facts(), /^refused: 101 is not between 0 and 100/],
    ['a value between steps', request({ value: 1.5 }), facts(), /^refused: 1.5 is not a step/],
    ['an interlock', request(), facts({ current: () => 0 }), /^refused: interlock: running is 0/],
    ['an interlock without a good value', request(), facts({ current: () => null }), /no good value/],
    ['an expired command', request(), facts({ nowMs: START + 11_000 }), /^expired: the command came after/],
    [
      'a command from before the start',
      request({ issuedAtMs: START - 1 }),
      facts(),
      /^expired: the gateway has started/,
    ],
    ['a too long life', request({ expiresAtMs: START + 90_000 }), facts(), /^refused: .*clocks/],
    ['a server from the future', request({ issuedAtMs: START + 9000 }), facts(), /^refused: .*clocks/],
    [
      'fire equipment, whatever its files say',
      request(),
      facts({ device: { model, class: { ...open, group: 'fire' } } }),
      /^refused: .*cannot be written/,
    ],
  ])('answers %s without executing it', (_what, asked, known, answer) => {
    expect(outcomeOf(asked, known)).toMatch(answer);
  });

  it('gives the same answer to the same id, and never executes it again, even when the fault has gone', () => {
    const first = admit(noAdmissions(START), request(), facts({ current: () => 0 }));
    const again = admit(first.admissions, request(), facts());
    expect(again.admission).toEqual(first.admission);
  });

  it('holds to one command at a time and to the rate', () => {
    let state = noAdmissions(START);
    const first = admit(state, request(), facts());
    expect(outcomeOf(request({ id: 'c2' }), facts(), first.admissions)).toMatch(/another command/);
    for (const id of ['a', 'b', 'c']) {
      const step = admit(state, request({ id }), facts());
      expect(step.admission.kind).toBe('execute');
      state = conclude(step.admissions, id, { state: 'confirmed', code: 'read-back', reason: '' });
    }
    expect(outcomeOf(request({ id: 'd' }), facts(), state)).toMatch(/more than 3 commands in a minute/);
  });

  it('never executes an id twice, never two at once, never too many a minute, never late - in any order of events', () => {
    const event = fc.record({
      id: fc.integer({ min: 0, max: 9 }).map(String),
      afterMs: fc.integer({ min: 0, max: 20_000 }),
      ageMs: fc.integer({ min: 0, max: 20_000 }),
      value: fc.integer({ min: -10, max: 120 }),
      interlock: fc.boolean(),
      finish: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let state = noAdmissions(START);
        let nowMs = START + 30_000;
        let running: string | null = null;
        const executed: { id: string; atMs: number }[] = [];
        for (const { id, afterMs, ageMs, value, interlock, finish } of events) {
          nowMs += afterMs;
          const issuedAtMs = nowMs - ageMs;
          const asked = request({ id, value, issuedAtMs, expiresAtMs: issuedAtMs + 10_000 });
          const step = admit(state, asked, facts({ nowMs, current: () => Number(interlock) }));
          state = step.admissions;
          if (step.admission.kind === 'execute') {
            expect(executed.map((one) => one.id)).not.toContain(id);
            expect(running).toBeNull();
            expect(ageMs).toBeLessThan(10_000);
            expect(interlock && value >= 0 && value <= 100).toBe(true);
            executed.push({ id, atMs: nowMs });
            running = id;
            expect(executed.filter(({ atMs }) => nowMs - atMs < 60_000).length).toBeLessThanOrEqual(3);
          }
          if (finish && running !== null) {
            state = conclude(state, running, { state: 'unknown', code: 'no-reading', reason: 'x' });
            running = null;
          }
        }
      }),
    );
  });
});

describe('read-back', () => {
  const rule = writeRule.parse({ range: [0, 100], readBack: { point: 'level', withinS: 5, tolerance: 1 } });
  const start = (write: WriteOutcome): ReadBack => ({ rule, value: 50, writtenAtMs: START, write, seen: null });
  const reading = (value: number | null, atMs = START, quality: 'good' | 'stale' = 'good', point = 'level') => ({
    point,
    value,
    quality,
    gatewayTimeMs: atMs,
  });

  it('lets a refusal decide at once, and nothing else', () => {
    expect(outcomeOfWrite({ kind: 'refused', reason: 'exception 04' })?.state).toBe('failed');
    expect(outcomeOfWrite({ kind: 'not-sent', reason: 'offline' })?.state).toBe('failed');
    expect(outcomeOfWrite({ kind: 'written' })).toBeNull();
    expect(outcomeOfWrite({ kind: 'unanswered', reason: 'late' })).toBeNull();
  });

  it('tells failed from unknown: an unanswered write may still be done', () => {
    const seen = (write: WriteOutcome) => onReading(start(write), reading(20)).state;
    expect(onTimeUp(seen({ kind: 'written' }))).toMatchObject({ state: 'failed', readBack: 20 });
    expect(onTimeUp(seen({ kind: 'unanswered', reason: 'late' })).state).toBe('unknown');
    expect(onTimeUp(start({ kind: 'written' })).state).toBe('unknown');
  });

  it('confirms exactly by a fresh, good reading of the right point within the tolerance', () => {
    const any = fc.record({
      point: fc.constantFrom('level', 'pressure'),
      value: fc.option(fc.integer({ min: 45, max: 55 })),
      offMs: fc.integer({ min: -2, max: 2 }),
      quality: fc.constantFrom('good' as const, 'stale' as const),
    });
    fc.assert(
      fc.property(any, ({ point, value, offMs, quality }) => {
        const { outcome } = onReading(start({ kind: 'written' }), reading(value, START + offMs, quality, point));
        const proves =
          point === 'level' && value !== null && Math.abs(value - 50) <= 1 && offMs >= 0 && quality === 'good';
        expect(outcome?.state === 'confirmed').toBe(proves);
      }),
    );
  });
});
