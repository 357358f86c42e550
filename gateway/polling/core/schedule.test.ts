import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSchedule, dueAgain, nextTurn, type PollClass, takeTurn, wakeAt } from './schedule.ts';

const none = new Map<string, number>();
const entry = (device: string, pollClass: PollClass, intervalMs: number) => ({ device, pollClass, intervalMs });

describe('schedule', () => {
  it('takes all due classes of one device in one turn', () => {
    const jobs = createSchedule([entry('A', 'slow', 60_000), entry('A', 'fast', 1000), entry('B', 'slow', 1000)], 0);
    expect(nextTurn(jobs, 0, none)).toEqual({ device: 'A', classes: ['slow', 'fast'] });
  });

  it('takes only what is urgent while another device waits with something as urgent', () => {
    const jobs = createSchedule([entry('A', 'slow', 60_000), entry('A', 'fast', 1000), entry('B', 'fast', 1000)], 0);
    expect(nextTurn(jobs, 0, none)).toEqual({ device: 'A', classes: ['fast'] });
  });

  it('reads a guest only in the time the others leave, or when its patience is over', () => {
    const guests = new Map([['G', { turnMs: 1000, patienceMs: 10_000 }]]);
    let jobs = createSchedule([entry('A', 'fast', 800), entry('G', 'fast', 800)], 0);
    expect(nextTurn(jobs, 0, none, guests)?.device).toBe('A');
    jobs = takeTurn(jobs, { device: 'A', classes: ['fast'] }, 0);
    expect(nextTurn(jobs, 100, none, guests)).toBeNull();
    expect(wakeAt(jobs, none, guests, 100)).toBe(800);
    expect(nextTurn(jobs, 9_999, none, guests)?.device).toBe('A');
    expect(nextTurn(jobs, 10_000, none, guests)?.device).toBe('G');
    const relaxed = takeTurn(
      createSchedule([entry('A', 'fast', 5000), entry('G', 'fast', 800)], 0),
      { device: 'A', classes: ['fast'] },
      0,
    );
    expect(nextTurn(relaxed, 100, none, guests)?.device).toBe('G');
  });

  it('prefers fast, then the longest waiting', () => {
    const jobs = createSchedule([entry('A', 'normal', 5000), entry('B', 'fast', 1000)], 0);
    expect(nextTurn(jobs, 10, none)?.device).toBe('B');
  });

  it('does not starve a slow job on an overloaded bus', () => {
    let jobs = createSchedule([entry('A', 'fast', 100), entry('B', 'normal', 500)], 0);
    const seen: string[] = [];
    // Every turn takes 150 ms, more than the bus has.
    for (let now = 0; now < 5000; now += 150) {
      const turn = nextTurn(jobs, now, none);
      if (turn === null) continue;
      seen.push(turn.device);
      jobs = takeTurn(jobs, turn, now);
    }
    expect(seen.filter((device) => device === 'B').length).toBeGreaterThan(3);
  });

  it('skips missed slots instead of bursting and stays on the grid', () => {
    let jobs = createSchedule([entry('A', 'fast', 1000)], 0);
    jobs = takeTurn(jobs, { device: 'A', classes: ['fast'] }, 3400);
    expect(jobs[0]).toMatchObject({ dueAtMs: 4000, skipped: 3 });
    expect(nextTurn(jobs, 3999, none)).toBeNull();
  });

  it('leaves a device under backoff alone and wakes when it is over', () => {
    const jobs = createSchedule([entry('A', 'fast', 1000), entry('B', 'fast', 1000)], 0);
    const blocked = new Map([['A', 5000]]);
    expect(nextTurn(jobs, 100, blocked)?.device).toBe('B');
    expect(wakeAt(takeTurn(jobs, { device: 'B', classes: ['fast'] }, 100), blocked)).toBe(1000);
    expect(wakeAt(jobs.slice(0, 1), blocked)).toBe(5000);
    expect(wakeAt([], none)).toBe(Number.POSITIVE_INFINITY);
  });

  it('makes due again what was missed, without leaving the grid', () => {
    let jobs = createSchedule([entry('A', 'slow', 60_000), entry('B', 'slow', 60_000)], 0);
    jobs = takeTurn(takeTurn(jobs, { device: 'A', classes: ['slow'] }, 0), { device: 'B', classes: ['slow'] }, 0);
    jobs = dueAgain(jobs, 'A', 5000);
    expect(nextTurn(jobs, 5000, none)).toEqual({ device: 'A', classes: ['slow'] });
    jobs = takeTurn(jobs, { device: 'A', classes: ['slow'] }, 5000);
    expect(nextTurn(jobs, 5001, none)).toBeNull();
    expect(jobs[0]).toMatchObject({ dueAtMs: 60_000, skipped: 0 });
  });

  it('lets no guest starve, whatever the others need', () => {
    const turnMs = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(
        fc.array(turnMs, { minLength: 1, maxLength: 8 }),
        turnMs,
        fc.integer({ min: 100, max: 20_000 }),
        (others, own, patienceMs) => {
          const guests = new Map([['G', { turnMs: own, patienceMs }]]);
          let jobs = createSchedule(
            ['G', ...others.keys()].map((id) => entry(`${id}`, 'fast', 1000)),
            0,
          );
          let lastMs = 0;
          const longest = Math.max(...others, own);
          for (let now = 0; now < 200_000; ) {
            const turn = nextTurn(jobs, now, none, guests);
            if (turn === null) {
              const wake = wakeAt(jobs, none, guests, now);
              expect(wake).toBeGreaterThan(now);
              now = wake;
              continue;
            }
            jobs = takeTurn(jobs, turn, now);
            if (turn.device === 'G') {
              // Its slot, its patience, and everybody else who had waited even longer.
              expect(now - lastMs).toBeLessThanOrEqual(1000 + own + patienceMs + (others.length + 1) * longest + 1000);
              lastMs = now;
              now += own;
            } else now += others[Number(turn.device)] ?? 1;
          }
          expect(lastMs).toBeGreaterThan(100_000 - patienceMs);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('never drifts, never repeats a slot, and counts every slot as read or skipped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 5000 }),
        fc.array(fc.integer({ min: 0, max: 12_000 }), { minLength: 1, maxLength: 50 }),
        (intervalMs, waits) => {
          let jobs = createSchedule([entry('A', 'normal', intervalMs)], 1000);
          let now = 1000;
          let read = 0;
          for (const wait of waits) {
            now += wait;
            const turn = nextTurn(jobs, now, none);
            if (turn === null) continue;
            jobs = takeTurn(jobs, turn, now);
            read++;
            expect(nextTurn(jobs, now, none)).toBeNull();
          }
          const job = jobs[0];
          expect(((job?.dueAtMs ?? 0) - 1000) % intervalMs).toBe(0);
          expect(job?.dueAtMs).toBe(1000 + (read + (job?.skipped ?? 0)) * intervalMs);
        },
      ),
    );
  });
});
