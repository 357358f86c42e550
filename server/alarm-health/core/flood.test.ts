import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAnnounced, type JournalFact } from './announcement.ts';
import { acked, active, createScribe, EDGES_MS, MINUTE, play, portions, SECOND } from './fixtures.ts';
import { type Flood, moveFlood, NO_FLOOD, observe, settle, WINDOW_MS } from './flood.ts';
import { summarise } from './flood-report.ts';
import { follow, type MonitorState, settleAll } from './monitor.ts';

/** Mostly quick, so that there are floods, and now and then a pause that ends them. */
const afterMs = fc.oneof(
  { weight: 12, arbitrary: fc.nat(20 * SECOND) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGES_MS) },
);
const journal = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(7), afterMs), { maxLength: 120, size: 'max' }).map(play);
const span = ({ startMs, endMs }: Flood) => [startMs, endMs];

/** As the specification says it: at each moment at which the count can change, count. */
function reference(facts: readonly JournalFact[], nowMs: number): (number | null)[][] {
  const times = facts.filter(isAnnounced).map(({ transition }) => transition.serverMs);
  const moments = [...new Set(times.flatMap((time) => [time, time + WINDOW_MS]))].filter((at) => at < nowMs);
  const floods: { start: number; end: number | null }[] = [];
  for (const at of moments.sort((a, b) => a - b)) {
    const within = times.filter((time) => time > at - WINDOW_MS && time <= at);
    const last = floods.at(-1);
    const open = last !== undefined && last.end === null;
    if (!open && within.length > 10) floods.push({ start: Math.min(...within), end: null });
    if (open && within.length < 5) last.end = at - WINDOW_MS;
  }
  return floods.map(({ start, end }) => [start, end]);
}

function floodsOf(facts: readonly JournalFact[], nowMs: number): Flood[] {
  const step = observe(NO_FLOOD, facts);
  const last = settle(step.state, nowMs);
  return [...step.ended, ...last.ended, ...(last.state.open === null ? [] : [last.state.open])];
}

describe('floods', () => {
  it('happen in the drawn journals, else the properties below would say nothing', () => {
    const drawn = fc.sample(journal, { numRuns: 500, seed: 7 }).map((facts) => observe(NO_FLOOD, facts));
    expect(drawn.filter(({ ended }) => ended.length > 0).length).toBeGreaterThan(20);
    expect(drawn.filter(({ state }) => state.open !== null).length).toBeGreaterThan(20);
  });

  it('go on as they were when the clock is set in the middle of them', () => {
    const steps = fc.integer({ min: -4e12, max: 4e12 });
    fc.assert(
      fc.property(journal, steps, fc.nat(120), (facts, stepMs, at) => {
        const [before, after] = [facts.slice(0, at), facts.slice(at)];
        const moved = after.map(({ transition, ...fact }) => ({
          ...fact,
          transition: { ...transition, serverMs: transition.serverMs + stepMs },
        }));
        const first = observe(NO_FLOOD, before);
        const still = observe(first.state, after);
        const set = observe(moveFlood(first.state, stepMs), moved);
        expect(set.ended.length).toBe(still.ended.length);
        expect(set.state.open?.peak).toBe(still.state.open?.peak);
        expect(set.state.open?.startMs).toBe(still.state.open === null ? undefined : still.state.open.startMs + stepMs);
      }),
    );
  });

  it('open with the 11th activation in ten minutes, not with the 10th, and start with the oldest', () => {
    const { facts, write } = createScribe();
    for (let n = 0; n < 10; n++) write(n * MINUTE - n, `a${n}`, active(`a${n}`));
    expect(observe(NO_FLOOD, facts).state.open).toBeNull();
    write(9 * MINUTE, 'last', active('last'));
    expect(observe(NO_FLOOD, facts).state.open).toMatchObject({ startMs: 0, endMs: null, peak: 11 });
  });

  it('do not open when the first is ten minutes old', () => {
    const { facts, write } = createScribe();
    for (let n = 0; n <= 10; n++) write(n * MINUTE, `a${n}`, active(`a${n}`));
    expect(observe(NO_FLOOD, facts).state.open).toBeNull();
  });

  it('end at the start of the first ten minutes with fewer than five', () => {
    const { facts, write } = createScribe();
    for (let n = 0; n < 20; n++) write(n * SECOND, `a${n}`, active(`a${n}`));
    const { state } = observe(NO_FLOOD, facts);
    expect(settle(state, 15 * SECOND + WINDOW_MS).state.open).not.toBeNull();
    const [flood] = settle(state, 15 * SECOND + WINDOW_MS + 1).ended;
    expect(flood && span(flood)).toEqual([0, 15 * SECOND]);
    expect(flood?.activations).toHaveLength(16);
  });

  it('I15: are those of the definition, however the journal is cut into portions', () => {
    fc.assert(
      fc.property(
        journal,
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30, size: 'max' }),
        fc.nat(WINDOW_MS * 2),
        (facts, sizes, laterMs) => {
          const nowMs = (facts.at(-1)?.transition.serverMs ?? 0) + laterMs + 1;
          const whole = floodsOf(facts, nowMs);
          expect(whole.map(span)).toEqual(reference(facts, nowMs));
          let state = NO_FLOOD;
          const ended: Flood[] = [];
          for (const part of portions(facts, sizes)) {
            const step = observe(state, part);
            state = step.state;
            ended.push(...step.ended);
            // Time passing in between must not change what comes out.
            const atMs = part.at(-1)?.transition.serverMs;
            if (atMs === undefined) continue;
            const later = settle(state, atMs);
            state = later.state;
            ended.push(...later.ended);
          }
          const last = settle(state, nowMs);
          const all = [...ended, ...last.ended, ...(last.state.open === null ? [] : [last.state.open])];
          expect(all.map(({ startMs, endMs, peak, activations }) => [startMs, endMs, peak, activations])).toEqual(
            whole.map(({ startMs, endMs, peak, activations }) => [startMs, endMs, peak, activations]),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('and counts of every position are the same live and recomputed from the journal', () => {
    const positionOf = (id: string) => (id === 'e0' ? 'desk' : 'control-room');
    fc.assert(
      fc.property(journal, fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30, size: 'max' }), (facts, sizes) => {
        const nowMs = (facts.at(-1)?.transition.serverMs ?? 0) + 1;
        let live: MonitorState = new Map();
        for (const part of portions(facts, sizes)) live = follow(live, part, positionOf).state;
        live = settleAll(live, nowMs).state;
        const rebuilt = settleAll(follow(new Map(), facts, positionOf).state, nowMs).state;
        expect([...live].sort()).toEqual([...rebuilt].sort());
        const counted = [...live.values()].flatMap(({ annunciated }) => annunciated).reduce((a, b) => a + b, 0);
        expect(counted).toBe(facts.filter(isAnnounced).length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the report of a flood', () => {
  it('names first-out by source time, groups, the ten most frequent and the first acknowledgement', () => {
    const { facts, write } = createScribe();
    for (let n = 0; n < 12; n++) write(n * SECOND, `a${n}`, active(`a${n}`), { equipmentId: `e${n % 3}`, alarm: 'x' });
    write(20 * SECOND, 'stranger', acked());
    write(30 * SECOND, 'a5', acked());
    const fifth = facts[4];
    if (fifth === undefined) throw new Error('no entry');
    facts[4] = { ...fifth, transition: { ...fifth.transition, sourceMs: -1 } };
    const { state } = observe(NO_FLOOD, facts);
    if (state.open === null) throw new Error('no flood');
    const report = summarise(state.open, ({ equipmentId }) => equipmentId);
    expect(report).toMatchObject({ alarms: 12, groups: 3, peakPer10Min: 12, firstAckMs: 30 * SECOND });
    expect(report.firstOut.alarmId).toBe('a4');
    expect(report.top10.map(({ equipmentId, count }) => [equipmentId, count])).toEqual([
      ['e0', 4],
      ['e1', 4],
      ['e2', 4],
    ]);
  });
});
