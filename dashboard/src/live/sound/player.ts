// Plays the alarm tones with WebAudio. Browsers give no sound before a person has touched the page.
import type { alarms } from '@louwei/server/contract';
import { createStore } from '../store.ts';
import { beepedOnce, duePriority, type SoundState, silence, silenceOne, sounding } from './due.ts';
import { floodDue, heard, NOTHING_HEARD } from './flood-due.ts';

interface Tone {
  /** Hz, one after the other. */
  readonly beeps: readonly number[];
  readonly beepMs: number;
  readonly everyMs: number;
}

/** The faster a tone varies, the more urgent it is. 0 is the loss of the server. */
const TONES: Readonly<Record<number, Tone>> = {
  0: { beeps: [440, 330], beepMs: 250, everyMs: 10_000 },
  1: { beeps: [960, 760, 960, 760, 960, 760], beepMs: 140, everyMs: 1_000 },
  2: { beeps: [700, 700], beepMs: 200, everyMs: 5_000 },
  3: { beeps: [520], beepMs: 250, everyMs: 5_000 },
};
const VOLUME = 0.25;

export const soundStore = createStore<{ readonly enabled: boolean; readonly sounding: number | null }>({
  enabled: false,
  sounding: null,
});

let context: AudioContext | null = null;
let state: SoundState = { silenced: new Map() };
let heardGroups = NOTHING_HEARD;
let open: readonly alarms.Alarm[] = [];
let serverNowMs = 0;
let playedAtMs = 0;
let playedTone: number | null = null;

const play = (tone: Tone): void => {
  if (context === null) return;
  const gain = context.createGain();
  gain.gain.value = VOLUME;
  gain.connect(context.destination);
  tone.beeps.forEach((hz, index) => {
    if (context === null) return;
    const oscillator = context.createOscillator();
    const startS = context.currentTime + (index * tone.beepMs * 1.2) / 1000;
    oscillator.frequency.value = hz;
    oscillator.connect(gain);
    oscillator.start(startS);
    oscillator.stop(startS + tone.beepMs / 1000);
  });
};

const publish = (sounding: number | null): void => {
  const enabled = context?.state === 'running';
  const now = soundStore.get();
  if (now.enabled !== enabled || now.sounding !== sounding) soundStore.set({ enabled, sounding });
};

/** One sound at a time, the highest priority wins. */
const hear = (all: ReadonlyMap<string, alarms.Alarm>, nowMs: number, frozen: boolean, inFlood: boolean): void => {
  open = [...all.values()];
  serverNowMs = nowMs;
  if (!inFlood) heardGroups = NOTHING_HEARD;
  const alarmDue = inFlood ? floodDue(open, state, heardGroups, nowMs) : duePriority(open, state, nowMs);
  const due = frozen ? 0 : alarmDue;
  publish(frozen ? null : due);
  const tone = due === null ? undefined : TONES[due];
  if (tone === undefined) {
    playedTone = null;
    return;
  }
  const browserNowMs = Date.now();
  if (due === playedTone && browserNowMs - playedAtMs < tone.everyMs - 100) return;
  playedAtMs = browserNowMs;
  playedTone = due;
  play(tone);
  if (context?.state !== 'running' || frozen) return;
  if (inFlood) heardGroups = heard(open, heardGroups, nowMs);
  else if (due === 3) state = beepedOnce(open, state, nowMs);
};

export const soundTick = {
  hear,
  enable: (): void => {
    context ??= new AudioContext();
    // A page in the background may have its context suspended: the button then comes back by itself.
    context.onstatechange = () => publish(soundStore.get().sounding);
    void context.resume();
  },
  /** @returns the alarms that were sounding, for the journal. */
  silence: (): readonly alarms.Alarm[] => {
    const silenced = sounding(open, state);
    state = silence(open, serverNowMs);
    publish(null);
    return silenced;
  },
  silenceOne: (alarm: alarms.Alarm): void => {
    state = silenceOne(alarm, state, serverNowMs);
  },
  test: (): void => {
    const tone = TONES[2];
    if (tone !== undefined) play(tone);
  },
};
