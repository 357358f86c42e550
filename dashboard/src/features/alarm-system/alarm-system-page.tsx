// The alarm system itself: how healthy it is, what floods there were, which alarms exist at all.
import './alarm-system.css';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet } from 'react-router';

const PAGES = [
  { path: '/alarm-system/health', key: 'alarmSystem.health' },
  { path: '/alarm-system/floods', key: 'alarmSystem.floods' },
  { path: '/alarm-system/list', key: 'alarmSystem.list' },
  { path: '/alarm-system/positions', key: 'position.title' },
] as const;

export const AlarmSystemPage = () => {
  const { t } = useTranslation();
  return (
    <div className="stack alarm-system">
      <div className="row">
        <h1>{t('alarmSystem.title')}</h1>
        <nav className="navigation" aria-label={t('alarmSystem.title')}>
          {PAGES.map(({ path, key }) => (
            <NavLink key={path} to={path}>
              {t(key)}
            </NavLink>
          ))}
        </nav>
      </div>
      <Outlet />
    </div>
  );
};
