// What becomes of configurations that are given, tried, killed and confirmed in any order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configurationState } from '../../uplink/sparkplug/request.ts';
import {
  begin,
  confirm,
  give,
  type History,
  NOTHING_GIVEN,
  parseHistory,
  reset,
  rollBack,
  stateOf,
} from './history.ts';

const devices = (version: number) => [{ id: `D-${version}` }];
const given = (version: number, before: History = NOTHING_GIVEN): History => give(before, version, devices(version));

describe('history of configurations', () => {
  it('is confirmed, or goes back to what ran before and says so', () => {
    const first = confirm(given(3));
    expect(stateOf(first)).toEqual({ version: 3, rolledBack: null, trial: false });
    const second = given(4, first);
    expect(stateOf(second)).toEqual({ version: 4, rolledBack: null, trial: true });
    const back = rollBack(second, 'no host');
    expect(stateOf(back)).toEqual({ version: 3, rolledBack: { version: 4, reason: 'no host' }, trial: false });
    expect(back.current?.devices).toEqual(devices(3));
    expect(stateOf(given(5, back)).rolledBack).toBeNull();
  });

  it('tries one whose process was killed once more, and no third time', () => {
    const once = begin(given(1));
    expect(stateOf(once)).toEqual({ version: 1, rolledBack: null, trial: true });
    expect(stateOf(begin(once))).toMatchObject({ version: 0, rolledBack: { version: 1 }, trial: false });
  });

  it('goes back to the file and remembers what ran', () => {
    expect(reset(confirm(given(2)))).toEqual({ ...NOTHING_GIVEN, previous: { version: 2, devices: devices(2) } });
    expect(parseHistory('{"current": 1}')).toBeUndefined();
    expect(parseHistory('{')).toBeUndefined();
  });

  it('for any course: what runs without trial stood its trial once, and the disk gives back what it was given', () => {
    const steps = fc.array(fc.constantFrom('give', 'confirm', 'roll back', 'begin'), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (course) => {
        let now = NOTHING_GIVEN;
        let version = 0;
        const stood = new Set([0]);
        for (const step of course) {
          if (step === 'give') now = given(++version, now);
          else if (step === 'confirm') now = confirm(now);
          else now = step === 'begin' ? begin(now) : rollBack(now, 'x');
          const state = configurationState.parse(stateOf(now));
          if (step === 'confirm') stood.add(state.version);
          if (!state.trial) expect(stood.has(state.version)).toBe(true);
          if (now.previous !== null) expect(stood.has(now.previous.version)).toBe(true);
          if (state.rolledBack !== null) expect(state.rolledBack.version).toBeGreaterThan(state.version);
          expect(parseHistory(JSON.stringify(now))).toEqual(now);
        }
      }),
    );
  });
});
