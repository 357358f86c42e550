// The lanes against a simulated link that loses, repeats and reorders, and a server that crashes and forgets.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledge, inFlight, type LaneLimits, type Lanes, planSends, rewind, startLanes } from './lanes.ts';

const LIMITS: LaneLimits = {
  windowRecords: 50,
  windowLeastRecords: 50,
  commitTargetMs: 400,
  backlogPerSecond: 1_000,
  liveLagRecords: 40,
  resendAfterMs: 5_000,
  resendAfterMaxMs: 15_000,
};

describe('lanes', () => {
  it('starts live at the head and fills the backlog behind it', () => {
    const start = startLanes(10, { first: 11, head: 30 }, LIMITS, 0);
    const { sends, lanes } = planSends(start, { first: 11, head: 32 }, LIMITS, 1_000);
    expect(sends).toEqual([
      { from: 31, to: 32, lane: 'live' },
      { from: 11, to: 30, lane: 'backlog' },
    ]);
    expect(inFlight(lanes)).toBe(22);
  });

  it('paces the backlog and never the live lane', () => {
    const limits = {
      ...LIMITS,
      windowRecords: 10_000,
      windowLeastRecords: 10_000,
      backlogPerSecond: 100,
      liveLagRecords: 10_000,
    };
    let lanes = startLanes(0, { first: 1, head: 5_000 }, limits, 0);
    let backlog = 0;
    for (let nowMs = 25; nowMs <= 1_000; nowMs += 25) {
      const plan = planSends(lanes, { first: 1, head: 5_000 + nowMs }, limits, nowMs);
      lanes = plan.lanes;
      for (const send of plan.sends) if (send.lane === 'backlog') backlog += send.to - send.from + 1;
    }
    expect(lanes.liveNext).toBe(6_001);
    expect(backlog).toBeGreaterThanOrEqual(95);
    expect(backlog).toBeLessThanOrEqual(100);
  });

  it('opens the window of the backlog while commits are fast, and closes it to its least while they are slow', () => {
    const limits = { ...LIMITS, windowRecords: 1_000, windowLeastRecords: 10, backlogPerSecond: 1_000_000 };
    const bounds = { first: 1, head: 1_000_000 };
    let nowMs = 0;
    let lanes = startLanes(0, bounds, limits, nowMs);
    const rounds = (count: number, tookMs: number) => {
      for (let round = 0; round < count; round++) {
        const plan = planSends(lanes, bounds, limits, nowMs + 100);
        nowMs += 100 + tookMs;
        lanes = acknowledge(plan.lanes, plan.lanes.backlogNext - 1, limits, nowMs);
      }
      return lanes.backlogWindow;
    };
    expect(rounds(1, 100)).toBe(20);
    expect(rounds(20, 100)).toBe(1_000);
    expect(rounds(1, 800)).toBe(500);
    expect(rounds(20, 800)).toBe(10);
    expect(rounds(20, 400)).toBe(10);
    expect(rounds(20, 300)).toBeGreaterThan(200);
  });

  it('keeps the window open on a line that is slow by itself', () => {
    const limits = { ...LIMITS, windowRecords: 1_000, windowLeastRecords: 10, backlogPerSecond: 1_000_000 };
    const bounds = { first: 1, head: 1_000_000 };
    let lanes = startLanes(0, bounds, limits, 0);
    for (let nowMs = 100; nowMs < 100_000; nowMs += 1_000) {
      const plan = planSends(lanes, bounds, limits, nowMs);
      lanes = acknowledge(plan.lanes, plan.lanes.backlogNext - 1, limits, nowMs + 600);
    }
    expect(lanes.backlogWindow).toBe(1_000);
  });

  it('sends again from the watermark after 5 s without progress, then less often', () => {
    let lanes = planSends(startLanes(0, { first: 1, head: 0 }, LIMITS, 0), { first: 1, head: 20 }, LIMITS, 0).lanes;
    expect(planSends(lanes, { first: 1, head: 20 }, LIMITS, 4_999).sends).toEqual([]);
    const again = planSends(lanes, { first: 1, head: 20 }, LIMITS, 5_000);
    expect(again.sends).toEqual([{ from: 1, to: 20, lane: 'backlog' }]);
    lanes = again.lanes;
    expect(again.wakeAtMs).toBe(12_500);
    expect(planSends(lanes, { first: 1, head: 20 }, LIMITS, 12_499).sends).toEqual([]);
    expect(planSends(lanes, { first: 1, head: 20 }, LIMITS, 12_500).sends).toHaveLength(1);
  });

  it('skips what the log has given up', () => {
    const start = startLanes(0, { first: 1, head: 100 }, LIMITS, 0);
    const { sends } = planSends(start, { first: 90, head: 100 }, LIMITS, 1_000);
    expect(sends).toEqual([{ from: 90, to: 100, lane: 'backlog' }]);
  });

  it('turns what the live lane cannot carry into backlog', () => {
    let lanes = startLanes(0, { first: 1, head: 0 }, LIMITS, 0);
    lanes = planSends(lanes, { first: 1, head: 50 }, LIMITS, 0).lanes;
    lanes = planSends(lanes, { first: 1, head: 200 }, LIMITS, 100).lanes;
    expect(lanes.liveFrom).toBe(201);
    lanes = acknowledge(lanes, 50, LIMITS, 200);
    const { sends } = planSends(lanes, { first: 51, head: 201 }, LIMITS, 300);
    expect(sends.map((send) => send.lane)).toEqual(['live', 'backlog']);
    expect(sends[0]?.from).toBe(201);
  });

  it('rewinds to the watermark', () => {
    const sent = planSends(startLanes(3, { first: 4, head: 3 }, LIMITS, 0), { first: 4, head: 9 }, LIMITS, 0).lanes;
    expect(planSends(rewind(sent, 10), { first: 4, head: 9 }, LIMITS, 1_010).sends).toEqual([
      { from: 4, to: 9, lane: 'backlog' },
    ]);
  });

  it('brings every record over any link, each counted once, with a bounded number in flight', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            produced: fc.integer({ min: 0, max: 30 }),
            lose: fc.double({ min: 0, max: 0.7, noNaN: true }),
            repeat: fc.boolean(),
            reverse: fc.boolean(),
            crash: fc.boolean(),
            reconnect: fc.boolean(),
            ackLost: fc.boolean(),
          }),
          { maxLength: 60 },
        ),
        fc.integer({ min: 1, max: 2 ** 31 - 2 }),
        (steps, seed) => {
          const link = createLink(seed);
          for (const step of steps) link.step(step);
          for (let round = 0; round < 2_000 && link.server.watermark < link.head(); round++) {
            link.step({
              produced: 0,
              lose: 0,
              repeat: false,
              reverse: false,
              crash: false,
              reconnect: false,
              ackLost: false,
            });
          }
          expect(link.server.watermark).toBe(link.head());
          expect(link.server.stored.size).toBe(link.head());
        },
      ),
      { numRuns: 300 },
    );
  });
});

interface Step {
  produced: number;
  lose: number;
  repeat: boolean;
  reverse: boolean;
  crash: boolean;
  reconnect: boolean;
  ackLost: boolean;
}

/** A gateway's lanes, a bad link and a server that stores once, all on one clock. */
function createLink(seed: number) {
  let random = seed;
  const next = (): number => {
    random = (random * 48_271) % 2_147_483_647;
    return random / 2_147_483_647;
  };
  let nowMs = 0;
  let head = 0;
  let first = 1;
  const server = { watermark: 0, ranges: new Set<number>(), stored: new Set<number>() };
  let lanes: Lanes = startLanes(0, { first, head }, LIMITS, nowMs);
  return {
    server,
    head: () => head,
    step(step: Step): void {
      nowMs += 250;
      head += step.produced;
      if (step.reconnect) lanes = startLanes(first - 1, { first, head }, LIMITS, nowMs);
      const plan = planSends(lanes, { first, head }, LIMITS, nowMs);
      lanes = plan.lanes;
      expect(inFlight(lanes)).toBeLessThanOrEqual(3 * LIMITS.windowRecords);
      const messages = plan.sends.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      for (const seq of messages) expect(seq).toBeLessThanOrEqual(head);
      let arriving = messages.filter(() => next() >= step.lose);
      if (step.repeat) arriving = [...arriving, ...arriving];
      if (step.reverse) arriving.reverse();
      for (const seq of arriving) {
        server.stored.add(seq);
        if (seq > server.watermark) server.ranges.add(seq);
      }
      while (server.ranges.delete(server.watermark + 1)) server.watermark++;
      if (step.crash) server.ranges.clear();
      if (!step.ackLost) {
        lanes = acknowledge(lanes, server.watermark, LIMITS, nowMs);
        first = server.watermark + 1;
      }
    },
  };
}
