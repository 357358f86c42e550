// The state of the alarm sound: AUDIO DISABLED in red until a person has enabled it, then silence and test.
import { useEffect, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useSilence } from '../features/alarms/silence.ts';
import { useLink, useServerNow } from '../live/hooks.ts';
import { useOwnAlarms, useOwnFloods } from '../live/operating-position.ts';
import { soundStore, soundTick } from '../live/sound/player.ts';

export const SoundControl = () => {
  const { t } = useTranslation();
  const { enabled, sounding } = useSyncExternalStore(soundStore.subscribe, soundStore.get);
  const alarms = useOwnAlarms();
  const inFlood = useOwnFloods().size > 0;
  const silence = useSilence();
  const nowMs = useServerNow();
  const frozen = useLink().kind === 'frozen';
  useEffect(() => soundTick.hear(alarms, nowMs, frozen, inFlood), [alarms, nowMs, frozen, inFlood]);
  if (!enabled) {
    return (
      <Button
        className="sound-control sound-disabled"
        data-testid="audio-disabled"
        aria-label={`${t('sound.disabled')} – ${t('sound.enable')}`}
        onPress={soundTick.enable}
      >
        ✕♪ {t('sound.disabled')}
      </Button>
    );
  }
  if (sounding === null) {
    return (
      <Button className="sound-control quiet" aria-label={t('sound.test')} onPress={soundTick.test}>
        ♪ {t('sound.on')}
      </Button>
    );
  }
  return (
    <Button className="sound-control" data-testid="silence" onPress={silence.all}>
      ♪ {t('sound.silence')}
    </Button>
  );
};
