// Says that there is a flood, since when, how many alarms in how many groups, and where its report is.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOwnFloods } from '../../live/operating-position.ts';
import { formatTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';

export const FloodBanner = () => {
  const { t } = useTranslation();
  const { say } = useWords();
  const floods = useOwnFloods();
  if (floods.size === 0) return null;
  return (
    <div className="flood-banner" role="status" data-testid="flood-banner">
      {[...floods.values()].map((flood) => (
        <span key={flood.id}>
          <b>
            {t('floods.banner', {
              time: formatTime(Date.parse(flood.start)).slice(0, 5),
              alarms: flood.alarms,
              groups: flood.groups,
            })}
          </b>{' '}
          {floods.size > 1 && say(flood.positionName)}
        </span>
      ))}
      <span className="flood-note">{t('floods.bannerNote')}</span>
      <Link to="/alarm-system/floods">{t('floods.title')}</Link>
    </div>
  );
};
