// Always on top, on every page: alarm counts, the oldest that waits, the link to the server, its clock, the person.
import './banner.css';
import { type ReactNode, useMemo, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOutOfService, useShelved, useSuppressed } from '../features/alarm-lists/aside.ts';
import { countByPriority, isAside, isUnacknowledged } from '../features/alarms/core/order.ts';
import { useLink, useLive, useServerNow } from '../live/hooks.ts';
import { useOperatingPosition, useOwnAlarms } from '../live/operating-position.ts';
import { PriorityChip } from '../ui/priority-chip.tsx';
import { formatDate, formatTime } from '../ui/time.ts';
import { useWords } from '../ui/words.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { PersonMenu } from './person-menu.tsx';
import { SoundControl } from './sound-control.tsx';
import { setTheme, themeStore } from './theme.ts';

const Counts = () => {
  const { t } = useTranslation();
  const alarms = useOwnAlarms();
  const all = useMemo(() => [...alarms.values()], [alarms]);
  const shelved = useShelved().items.length;
  const suppressed = useSuppressed().items.length;
  const outOfService = useOutOfService().items.length;
  const oldest = all
    .filter((alarm) => isUnacknowledged(alarm) && !isAside(alarm))
    .reduce((least, alarm) => Math.min(least, Date.parse(alarm.activeAt)), Number.POSITIVE_INFINITY);
  return (
    <section className="banner-counts" aria-label={t('banner.label')}>
      <OwnPosition shown={alarms} />
      {countByPriority(all).map(({ priority, active, unacknowledged }) => (
        <Link
          key={priority}
          to={`/alarms?priority=${priority}`}
          className={`banner-count ${active === 0 ? 'banner-zero' : ''}`}
          data-testid={`banner-p${priority}`}
          title={t('banner.counts', {
            priority: t(`priority.p${priority}` as 'priority.p1'),
            unacked: unacknowledged,
            active,
          })}
        >
          {active === 0 ? (
            <span className="banner-quiet">{priority}</span>
          ) : (
            <PriorityChip priority={priority} blink={unacknowledged > 0 ? 'fast' : 'none'} size={26} />
          )}
          <b>
            {unacknowledged}/{active}
          </b>
        </Link>
      ))}
      <span className="banner-oldest">
        {Number.isFinite(oldest) ? (
          <OldestAge sinceMs={oldest} />
        ) : (
          <span className="muted">{t('banner.noUnacked')}</span>
        )}
        {shelved + suppressed + outOfService > 0 && (
          <span className="muted">{t('banner.hidden', { shelved, suppressed, outOfService })}</span>
        )}
      </span>
    </section>
  );
};

/** Which position the counts are of, and how many alarms wait at the others: a choice must never hide that there are more. */
const OwnPosition = ({ shown }: { readonly shown: ReadonlyMap<string, unknown> }) => {
  const { t, say } = useWords();
  const { present } = useOperatingPosition();
  const everywhere = useLive((state) => state.alarms);
  if (present === null) return null;
  const elsewhere = [...everywhere.values()].filter((alarm) => !isAside(alarm) && !shown.has(alarm.id)).length;
  return (
    <Link className="banner-position" to="/alarms" data-testid="banner-position">
      <b className="ellipsis">{say(present.name)}</b>
      <span className="muted">{t('position.elsewhere', { count: elsewhere })}</span>
    </Link>
  );
};

const OldestAge = ({ sinceMs }: { readonly sinceMs: number }) => {
  const { t, duration } = useWords();
  const now = useServerNow();
  return <span>{t('banner.oldest', { age: duration(now - sinceMs) })}</span>;
};

const LinkState = () => {
  const { t, duration } = useWords();
  const link = useLink();
  const dataAgeMs = useLive((state) => state.dataAgeMs);
  const offsetMs = useLive((state) => state.clockOffsetMs);
  const lagging = dataAgeMs !== null && dataAgeMs > 5_000;
  return (
    <span className={`banner-link link-${link.kind}`} data-testid="link-state" role="status">
      {t(`link.${link.kind}`)}
      {link.kind === 'live' && lagging && <b className="lag"> {t('link.lag', { age: duration(dataAgeMs) })}</b>}
      {link.kind === 'live' && Math.abs(offsetMs) > 2_000 && (
        <span title={t('link.clockDiffers', { age: duration(Math.abs(offsetMs)) })}> ⚠</span>
      )}
    </span>
  );
};

const Clock = () => {
  const now = useServerNow();
  return (
    <time className="banner-clock">
      <span className="muted">{formatDate(now)}</span> <b>{formatTime(now)}</b>
    </time>
  );
};

const ThemeSwitch = () => {
  const { t } = useTranslation();
  const theme = useSyncExternalStore(themeStore.subscribe, themeStore.get);
  const other = theme === 'light' ? 'dark' : 'light';
  return (
    <Button
      className="quiet"
      aria-label={t(other === 'dark' ? 'theme.toDark' : 'theme.toLight')}
      onPress={() => setTheme(other)}
    >
      ◐
    </Button>
  );
};

export const Banner = ({ children }: { readonly children: ReactNode }) => {
  const { t } = useTranslation();
  return (
    <header className="banner">
      <b className="brand">{t('app.name')}</b>
      {children}
      <Counts />
      <span className="banner-end">
        <SoundControl />
        <LinkState />
        <Clock />
        <ThemeSwitch />
        <LanguageSwitch />
        <PersonMenu />
      </span>
    </header>
  );
};
