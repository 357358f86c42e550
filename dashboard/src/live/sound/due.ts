// Which alarm sound is due. Silence holds for the activations that exist now; a new one sounds again, and an urgent
// alarm nobody acknowledges resounds after two minutes.
import type { alarms } from '@louwei/server/contract';

type Alarm = Pick<alarms.Alarm, 'id' | 'activationSeq' | 'priority' | 'state'>;

export interface SoundState {
  /** `id activationSeq` of silenced activations, with the time of the silence. */
  readonly silenced: ReadonlyMap<string, number>;
}

export const RESOUND_AFTER_MS = 120_000;
const SOUNDING: ReadonlySet<alarms.AlarmState> = new Set(['UNACK', 'LATUN']);

export const keyOf = (alarm: Alarm): string => `${alarm.id} ${alarm.activationSeq}`;

const isAudible = (alarm: Alarm): boolean => SOUNDING.has(alarm.state) && alarm.priority <= 3;

/** Priority whose tone is due now; null is quiet. */
export const duePriority = (open: Iterable<Alarm>, { silenced }: SoundState, nowMs: number): number | null => {
  let highest: number | null = null;
  for (const alarm of open) {
    if (!isAudible(alarm)) continue;
    const silencedAtMs = silenced.get(keyOf(alarm));
    const resounds = alarm.priority === 1 && silencedAtMs !== undefined && nowMs - silencedAtMs >= RESOUND_AFTER_MS;
    if (silencedAtMs !== undefined && !resounds) continue;
    if (highest === null || alarm.priority < highest) highest = alarm.priority;
  }
  return highest;
};

export const silence = (open: Iterable<Alarm>, nowMs: number): SoundState => ({
  silenced: new Map([...open].filter(isAudible).map((alarm) => [keyOf(alarm), nowMs])),
});

/** One alarm at this desk; the others go on. */
export const silenceOne = (alarm: Alarm, { silenced }: SoundState, nowMs: number): SoundState => ({
  silenced: new Map([...silenced, [keyOf(alarm), nowMs]]),
});

/** What a silence takes the sound from: alarms that sound and were not silenced before. */
export const sounding = <T extends Alarm>(open: Iterable<T>, { silenced }: SoundState): readonly T[] =>
  [...open].filter((alarm) => isAudible(alarm) && !silenced.has(keyOf(alarm)));

/** A medium alarm beeps once: after its beep it counts as silenced. */
export const beepedOnce = (open: Iterable<Alarm>, state: SoundState, nowMs: number): SoundState => ({
  silenced: new Map([
    ...state.silenced,
    ...[...open].filter((alarm) => alarm.priority === 3 && isAudible(alarm)).map((a) => [keyOf(a), nowMs] as const),
  ]),
});
