// Full-width red bar while the server is lost: what is on the screen is the past.
import { useTranslation } from 'react-i18next';
import { useBrowserNow, useLink, useLive } from '../live/hooks.ts';
import { formatRecent } from '../ui/time.ts';
import { useWords } from '../ui/words.ts';

export const DisconnectedBar = () => {
  const { t } = useTranslation();
  const { duration } = useWords();
  const link = useLink();
  const nowMs = useBrowserNow();
  const offsetMs = useLive((state) => state.clockOffsetMs);
  const hasPicture = useLive((state) => state.position !== null);
  if (link.kind !== 'frozen') return null;
  const age = duration(nowMs - link.sinceMs);
  const time = formatRecent(link.sinceMs + offsetMs, nowMs + offsetMs);
  return (
    <div className="disconnected-bar" role="alert" data-testid="disconnected-bar">
      {hasPicture ? t('link.disconnected', { age, time }) : t('link.neverConnected', { age })}
    </div>
  );
};
