// A help point: now and then somebody calls and is answered, once a day it listens to its own loudspeaker.
import { peopleAbout } from './daily-curve.ts';
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const FLOAT_V = 27.2;
const LOADED_V = 25;
const ANSWER_S = 12;
const TALK_S = 40;
const TEST_EVERY_S = 24 * 3600;
const TEST_S = 10;
const RESULT = { notRun: 0, passed: 1, failed: 2, running: 3 } as const;

interface State {
  readonly random: number;
  /** Seconds since the button was pressed, null without a call. */
  readonly callS: number | null;
  readonly calls: number;
  readonly voltage: number;
  readonly noise: number;
  readonly sinceTestS: number;
  readonly testS: number;
  readonly active: ReadonlySet<string>;
}

const emergency = (active: ReadonlySet<string>): boolean =>
  active.has('emergency-call') || active.has('emergency-unanswered') || active.has('button-stuck');
const unanswered = (active: ReadonlySet<string>): boolean =>
  active.has('call-unanswered') || active.has('emergency-unanswered');

/** A call goes on while its fault lasts; an ordinary one ends when everything is said. */
function nextCall(state: State, dtS: number, pressed: boolean): number | null {
  const held = emergency(state.active) || unanswered(state.active);
  if (state.callS === null) return held || pressed ? 0 : null;
  return held || state.callS < ANSWER_S + TALK_S ? state.callS + dtS : null;
}

function voltageTarget(active: ReadonlySet<string>): number {
  if (active.has('battery-empty')) return 21;
  if (active.has('battery-weak')) return 22.4;
  return active.has('mains-lost') ? LOADED_V : FLOAT_V;
}

export const intercom: Plant<State> = {
  class: 'intercom',
  faults: {
    'emergency-call': 'somebody calls for help and is answered',
    'emergency-unanswered': 'somebody calls for help and nobody answers',
    'call-unanswered': 'an ordinary call is not answered',
    'master-unreachable': 'the station of the control room is not reachable',
    'line-broken': 'the line is broken',
    'audio-test-failed': 'the station does not hear its own loudspeaker',
    'audio-test-overdue': 'the daily self-test is switched off',
    'button-stuck': 'the call button is stuck',
    tamper: 'the station is opened',
    'mains-lost': 'the station runs on its battery',
    'battery-weak': 'the battery has aged',
    'battery-empty': 'the battery is nearly empty',
  },
  create(seed) {
    const [random, [a = 0, b = 0]] = draws(seed, 2);
    return {
      random,
      callS: null,
      calls: Math.round(3000 * b),
      voltage: FLOAT_V,
      noise: 0,
      sinceTestS: a * (TEST_EVERY_S - 600),
      testS: 0,
      active: new Set(),
    };
  },
  step(state, dtS, nowMs, faults) {
    const [random, [call = 0, chance = 0]] = draws(state.random, 2);
    const next: State = { ...state, random, active: new Set(faults) };
    const callS = nextCall(next, dtS, call < dtS * 0.0006 * peopleAbout(nowMs));
    const due = state.sinceTestS >= TEST_EVERY_S && callS === null;
    return {
      ...next,
      callS,
      calls: state.calls + (state.callS === null && callS !== null ? 1 : 0),
      voltage: approach(state.voltage, voltageTarget(next.active), dtS, 6),
      noise: wander(state.noise, chance, 0.1, dtS, 60),
      sinceTestS: due ? 0 : state.sinceTestS + dtS,
      testS: due ? TEST_S : Math.max(0, state.testS - dtS),
    };
  },
  points: ({ active, callS, calls, voltage, noise, sinceTestS, testS }) => {
    const waits = callS !== null && (unanswered(active) || callS < ANSWER_S);
    return {
      emergencyCall: emergency(active),
      callActive: callS !== null && !emergency(active),
      masterUnreachable: active.has('master-unreachable'),
      lineFault: active.has('line-broken'),
      tamper: active.has('tamper'),
      buttonStuck: active.has('button-stuck'),
      mainsLost: active.has('mains-lost'),
      audioTest: active.has('audio-test-failed') ? RESULT.failed : testS > 0 ? RESULT.running : RESULT.passed,
      unansweredTime: waits ? Math.min(7200, Math.floor(callS)) : 0,
      batteryVoltage: voltage + noise,
      timeSinceAudioTest: Math.max(sinceTestS / 3600, active.has('audio-test-overdue') ? 60 : 0),
      callCount: calls,
    };
  },
};
