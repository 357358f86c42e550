// The lists of alarms with their counts, and the operating position that they follow.
import './alarm-lists.css';
import { useMemo } from 'react';
import { NavLink } from 'react-router';
import { useLive } from '../../live/hooks.ts';
import { choosePosition, useOperatingPosition, useOwnAlarms } from '../../live/operating-position.ts';
import { useWords } from '../../ui/words.ts';
import { isAside } from '../alarms/core/order.ts';
import { useOutOfService, useShelved, useSuppressed } from './aside.ts';

export const AlarmTabs = () => {
  const { t } = useWords();
  const own = useOwnAlarms();
  const isKnown = useLive((state) => state.position !== null);
  const open = useMemo(() => [...own.values()].filter((alarm) => !isAside(alarm)).length, [own]);
  const tabs = [
    { path: '/alarms', key: 'active', count: isKnown ? open : null },
    { path: '/alarms/shelved', key: 'shelved', count: useShelved().count },
    { path: '/alarms/suppressed', key: 'suppressed', count: useSuppressed().count },
    { path: '/alarms/out-of-service', key: 'outOfService', count: useOutOfService().count },
    { path: '/alarms/journal', key: 'journal', count: null },
  ] as const;
  return (
    <div className="alarm-tabs">
      <nav className="navigation" aria-label={t('lists.label')}>
        {tabs.map(({ path, key, count }) => (
          <NavLink key={key} to={path} end data-testid={`tab-${key}`}>
            {t(`lists.${key}`)} {key !== 'journal' && <b data-testid={`count-${key}`}>{count ?? '…'}</b>}
          </NavLink>
        ))}
      </nav>
      <PositionChoice />
    </div>
  );
};

/** Only where there is something to choose. */
export const PositionChoice = () => {
  const { t, say } = useWords();
  const { positions, present } = useOperatingPosition();
  if (positions.length < 2) return null;
  return (
    <select
      className="position-choice"
      data-testid="position-choice"
      aria-label={t('position.choose')}
      title={t('position.choose')}
      value={present?.id ?? ''}
      onChange={(event) => choosePosition(event.target.value)}
    >
      <option value="">{t('position.everything')}</option>
      {positions.map(({ id, name }) => (
        <option key={id} value={id}>
          {say(name)}
        </option>
      ))}
    </select>
  );
};
