// When a configuration on trial counts as proven.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isReached, startTrial } from './trial.ts';

const reach = { state: 'online', deliveryProven: true, acknowledgedSeq: 5, backlog: 3 } as const;

describe('isReached', () => {
  it('needs the host online, and an acknowledgement since, or nothing to acknowledge', () => {
    const before = { acknowledgedSeq: 5 };
    expect(isReached(before, reach)).toBe(false);
    expect(isReached(before, { ...reach, acknowledgedSeq: 6 })).toBe(true);
    expect(isReached(before, { ...reach, backlog: 0 })).toBe(true);
    expect(isReached(before, { ...reach, acknowledgedSeq: 6, state: 'waiting-for-host' })).toBe(false);
  });

  it('knows of a host without watermarks only that it is online', () => {
    expect(isReached({ acknowledgedSeq: 5 }, { ...reach, deliveryProven: false })).toBe(true);
    expect(isReached({ acknowledgedSeq: 5 }, { ...reach, deliveryProven: false, state: 'connecting' })).toBe(false);
  });
});

describe('startTrial', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const limits = { withinMs: 60_000, settleMs: 3_000 };

  it('does not believe an acknowledgement of the first seconds, and concludes once', () => {
    const said: boolean[] = [];
    let acknowledgedSeq = 5;
    startTrial(
      () => ({ ...reach, acknowledgedSeq }),
      limits,
      (reached) => said.push(reached),
    );
    acknowledgedSeq = 6;
    vi.advanceTimersByTime(2_900);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(120_000);
    expect(said).toEqual([true]);
  });

  it('fails when the time is over, and says nothing when it is stopped', () => {
    const said: boolean[] = [];
    startTrial(
      () => reach,
      limits,
      (reached) => said.push(reached),
    );
    startTrial(
      () => reach,
      limits,
      () => said.push(true),
    ).stop();
    vi.advanceTimersByTime(59_700);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([false]);
  });
});
