// Silence: the sound of this desk stops at once; the journal is told when the person may do so.
import type { alarms } from '@louwei/server/contract';
import { useMemo } from 'react';
import { silenceAlarm } from '../../api/alarm-lists.ts';
import { useMay } from '../../app/session.ts';
import { deskName } from '../../live/desk.ts';
import { soundTick } from '../../live/sound/player.ts';

/** Few requests at once: the silence of a flood must not become a burst. */
const AT_ONCE = 4;

const journalSilence = async (silenced: readonly alarms.Alarm[]): Promise<void> => {
  const waiting = [...silenced];
  const work = async (): Promise<void> => {
    // One that is closed meanwhile has nothing to be silenced any more.
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await silenceAlarm(next.id, deskName()).catch(() => undefined);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
};

export const useSilence = () => {
  const may = useMay('alarm:silence');
  return useMemo(
    () => ({
      all: (): void => {
        const silenced = soundTick.silence();
        if (may) void journalSilence(silenced);
      },
      one: async (alarm: alarms.Alarm): Promise<void> => {
        soundTick.silenceOne(alarm);
        if (may) await silenceAlarm(alarm.id, deskName());
      },
    }),
    [may],
  );
};
