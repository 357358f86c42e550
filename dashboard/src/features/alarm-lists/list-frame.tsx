// A list of alarms with the tabs above it and the response panel of the chosen alarm beside it.
import '../alarms/alarms.css';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { ResponsePanel } from '../alarms/response-panel.tsx';
import { DescriptionsContext, useDescriptions } from '../equipment/descriptions.ts';
import { AlarmTabs } from './alarm-tabs.tsx';

export const useOpenAlarm = (): readonly [id: string | null, open: (id: string | null) => void] => {
  const [params, setParams] = useSearchParams();
  const open = (id: string | null): void =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        if (id === null) next.delete('open');
        else next.set('open', id);
        return next;
      },
      { replace: true },
    );
  return [params.get('open'), open];
};

export const ListFrame = ({ children }: { readonly children: ReactNode }) => {
  const [openId, open] = useOpenAlarm();
  const descriptions = useDescriptions();
  return (
    <DescriptionsContext value={descriptions}>
      <div className={`alarms-page ${openId === null ? '' : 'with-panel'}`}>
        <div className="alarms-main">
          <AlarmTabs />
          {children}
        </div>
        {openId !== null && <ResponsePanel key={openId} id={openId} onClose={() => open(null)} />}
      </div>
    </DescriptionsContext>
  );
};
