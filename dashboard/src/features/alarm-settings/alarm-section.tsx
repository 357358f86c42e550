// Alarm settings and back-test of one piece of equipment, below its points. A link with `?alarm=` opens the back-test with
// that alarm and the numbers it proposes.
import './alarm-settings.css';
import type { alarmSettings, equipment } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useSearchParams } from 'react-router';
import { fetchSettings } from '../../api/alarm-settings.ts';
import { failureCode } from '../../api/request.ts';
import { useMay } from '../../app/session.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { BacktestPanel } from './backtest-panel.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import { type ChangeRequest, settingsKey } from './change-request.ts';
import { SettingsHistory } from './settings-history.tsx';
import { SettingsList } from './settings-list.tsx';

const TABS = ['settings', 'backtest', 'history'] as const;
type Tab = (typeof TABS)[number];

interface Props {
  readonly id: string;
  readonly points: readonly equipment.PointDescription[];
}

export const AlarmSection = ({ id, points }: Props) => {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const mayConfigure = useMay('alarm:configure');
  const [change, setChange] = useState<ChangeRequest | null>(null);
  const { data, error } = useQuery({ queryKey: settingsKey(id), queryFn: () => fetchSettings(id), retry: false });
  const named = params.get('alarm') === null ? 'settings' : 'backtest';
  const wanted = TABS.find((tab) => tab === params.get('tab')) ?? named;
  const tabs = TABS.filter((tab) => tab !== 'backtest' || mayConfigure);
  const tab = tabs.includes(wanted) ? wanted : 'settings';
  const section = useRef<HTMLElement>(null);
  const loaded = data !== undefined;
  // Who follows a link to a draft wants to see it, not the top of the page.
  useEffect(() => {
    if (loaded && named === 'backtest') section.current?.scrollIntoView({ block: 'start' });
  }, [loaded, named]);
  // Equipment without a class has no alarms, and nothing to say about them.
  if (failureCode(error) === 'not-found' && error !== null) return null;
  const open = (next: Tab, alarm?: string): void =>
    setParams(alarm === undefined ? { tab: next } : { tab: next, alarm }, { replace: true });
  return (
    <section ref={section} className="panel alarm-section">
      <div className="row">
        {tabs.map((one) => (
          <ToggleButton key={one} data-testid={`tab-${one}`} isSelected={one === tab} onChange={() => open(one)}>
            {t(one === 'settings' ? 'settings.title' : `settings.${one}`)}
          </ToggleButton>
        ))}
      </div>
      <ProblemNote error={error} />
      {data === undefined && error === null && <p>{t('common.loading')}</p>}
      {data !== undefined && (
        <Content {...{ id, points, data, tab, params, open }} onChange={setChange} mayConfigure={mayConfigure} />
      )}
      {data !== undefined && change !== null && (
        <ChangeDialog id={id} settings={data} request={change} onClose={() => setChange(null)} />
      )}
    </section>
  );
};

interface ContentProps extends Props {
  readonly data: alarmSettings.AlarmSettings;
  readonly tab: Tab;
  readonly params: URLSearchParams;
  readonly mayConfigure: boolean;
  readonly open: (tab: Tab, alarm?: string) => void;
  readonly onChange: (request: ChangeRequest) => void;
}

const Content = ({ id, points, data, tab, params, mayConfigure, open, onChange }: ContentProps) => {
  const { t } = useWords();
  if (data.alarms.length === 0) return <p className="muted">{t('settings.none')}</p>;
  if (tab === 'history') return <SettingsHistory id={id} settings={data} />;
  if (tab === 'backtest')
    return (
      <BacktestPanel
        // Another link is another draft.
        key={`${params} ${data.version}`}
        id={id}
        settings={data}
        points={points}
        proposed={params}
        onAlarm={(alarm) => open('backtest', alarm)}
        onApply={onChange}
      />
    );
  return (
    <SettingsList
      settings={data}
      mayConfigure={mayConfigure}
      onChange={onChange}
      onTryOut={(alarm) => open('backtest', alarm)}
    />
  );
};
