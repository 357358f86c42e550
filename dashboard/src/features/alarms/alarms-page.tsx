// The operator's alarm list with filters, acknowledging, and the response panel beside it.
import './alarms.css';
import type { alarms } from '@louwei/server/contract';
import { useCallback, useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import { useNavigate, useSearchParams } from 'react-router';
import { useMay } from '../../app/session.ts';
import { useCanAct, useWatch } from '../../live/hooks.ts';
import { useOwnAlarms, useOwnFloods } from '../../live/operating-position.ts';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { useWords } from '../../ui/words.ts';
import { AlarmTabs } from '../alarm-lists/alarm-tabs.tsx';
import { DescriptionsContext, useDescriptions } from '../equipment/descriptions.ts';
import { useAcknowledge } from './acknowledge.ts';
import { AlarmFilterBar } from './alarm-filter-bar.tsx';
import { AlarmGrid } from './alarm-grid.tsx';
import { useRows } from './arrangement.ts';
import { ConfirmMany } from './confirm-many.tsx';
import { type AlarmFilter, isAside, isUnacknowledged, NO_FILTER, passes } from './core/order.ts';
import { FloodBanner } from './flood-banner.tsx';
import type { Task } from './response-actions.tsx';
import { ResponsePanel } from './response-panel.tsx';
import { useSilence } from './silence.ts';

type Alarm = alarms.Alarm;
/** The live socket takes at most 500 devices in one watch. */
const MAX_WATCHED = 500;
/** More than this many at once, or an urgent one among several, is asked about first. */
const CONFIRM_ABOVE = 10;

const priorityParam = (value: string | null): AlarmFilter =>
  value !== null && /^[1-4]$/.test(value) ? { ...NO_FILTER, priorities: [Number(value)] } : NO_FILTER;

export const AlarmsPage = () => {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const openId = params.get('open');
  const priority = params.get('priority');
  const [filter, setFilter] = useState<AlarmFilter>(() => priorityParam(priority));
  const [fromPriority, setFromPriority] = useState(priority);
  if (priority !== fromPriority) {
    // A press on a count in the banner, while the list is already open.
    setFromPriority(priority);
    setFilter(priorityParam(priority));
  }
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [activeId, setActiveId] = useState<string | null>(null);
  const [visible, setVisible] = useState<readonly Alarm[]>([]);
  const [asked, setAsked] = useState<readonly Alarm[] | null>(null);
  const all = useOwnAlarms();
  const mayAcknowledge = useMay('alarm:acknowledge');
  const canAct = useCanAct() && mayAcknowledge;
  const acknowledge = useAcknowledge();
  const descriptions = useDescriptions();
  const [task, setTask] = useState<Task>(null);
  const silence = useSilence();
  const mayShelve = useMay('alarm:shelve');
  const go = useNavigate();

  const shown = useMemo(() => [...all.values()].filter((alarm) => passes(alarm, filter)), [all, filter]);
  const watched = useMemo(
    () => [...new Set(shown.map((alarm) => alarm.equipmentId))].sort().slice(0, MAX_WATCHED),
    [shown],
  );
  useWatch(watched, 'all');
  const list = useRows(shown, selected.size > 0, JSON.stringify(filter));

  const inFlood = useOwnFloods().size > 0;
  const [grouped, setGrouped] = useState(inFlood);
  // The list is put together only while no hand is in it.
  if (grouped !== inFlood && !list.isHeld) setGrouped(inFlood);

  const { touch } = list;
  const { mutate } = acknowledge;
  const acknowledgeNow = useCallback(
    (chosen: readonly Alarm[]): void => {
      touch();
      setAsked(null);
      setSelected(new Set());
      mutate({ list: chosen });
    },
    [touch, mutate],
  );
  const acknowledgeMany = (chosen: readonly Alarm[]): void => {
    const urgent = chosen.some((alarm) => alarm.priority === 1);
    if (chosen.length > CONFIRM_ABOVE || (urgent && chosen.length > 1)) setAsked(chosen);
    else acknowledgeNow(chosen);
  };
  const open = useCallback(
    (id: string | null): void => {
      if (id !== null) setActiveId(id);
      setTask(null);
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          if (id === null) next.delete('open');
          else next.set('open', id);
          return next;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  const actions = useMemo(
    () => ({
      open,
      acknowledge: (alarm: Alarm) => {
        if (isUnacknowledged(alarm)) acknowledgeNow([alarm]);
      },
      silence: (alarm: Alarm) => void silence.one(alarm).catch(() => undefined),
      shelve: (alarm: Alarm) => {
        open(alarm.id);
        if (mayShelve) setTask('shelve');
      },
      order: (alarm: Alarm) => {
        if (alarm.workOrderId !== null) void go(`/work-orders/${encodeURIComponent(alarm.workOrderId)}`);
      },
      select: (id: string) =>
        setSelected((old) => {
          const next = new Set(old);
          if (!next.delete(id)) next.add(id);
          return next;
        }),
    }),
    [open, acknowledgeNow, silence, mayShelve, go],
  );
  const waiting = (candidates: readonly Alarm[]): readonly Alarm[] =>
    candidates
      .map((alarm) => all.get(alarm.id) ?? alarm)
      .filter((alarm) => all.has(alarm.id) && isUnacknowledged(alarm));
  const chosen = waiting(list.rows.filter((row) => selected.has(row.id)));
  const onScreen = waiting(visible);
  const newest = list.pending[0];
  const isFiltered = useMemo(() => [...all.values()].some((alarm) => !isAside(alarm)), [all]);

  return (
    <DescriptionsContext value={descriptions}>
      <div className={`alarms-page ${openId === null ? '' : 'with-panel'}`}>
        <div className="alarms-main">
          <AlarmTabs />
          <FloodBanner />
          <AlarmFilterBar filter={filter} onChange={setFilter} />
          <div className="alarm-tools row">
            <b>{t('alarms.count', { count: shown.length })}</b>
            <Button
              isDisabled={!canAct || chosen.length === 0}
              data-testid="ack-selected"
              onPress={() => acknowledgeMany(chosen)}
            >
              {t('alarms.acknowledgeSelected', { count: chosen.length })}
            </Button>
            <Button
              isDisabled={!canAct || onScreen.length === 0}
              data-testid="ack-page"
              onPress={() => acknowledgeMany(onScreen)}
            >
              {t('alarms.acknowledgePage', { count: onScreen.length })}
            </Button>
            {newest !== undefined && (
              <Button
                className="primary new-alarms"
                data-testid="new-alarms"
                onPress={() => {
                  setSelected(new Set());
                  list.release();
                }}
              >
                <PriorityChip priority={newest.priority} size={18} />
                {t('alarms.new', { count: list.pending.length })}
              </Button>
            )}
            {acknowledge.data != null && (
              <b role="alert">
                {t('alarms.failed', { count: acknowledge.data.count, reason: t(`problem.${acknowledge.data.code}`) })}
              </b>
            )}
            <span className="muted keys-hint">{t('alarms.keys')}</span>
          </div>
          {list.rows.length === 0 ? (
            <p className="panel">{t(isFiltered ? 'alarms.emptyFiltered' : 'alarms.empty')}</p>
          ) : (
            <AlarmGrid
              list={list}
              grouped={grouped}
              activeId={activeId}
              setActiveId={setActiveId}
              selected={selected}
              mayAcknowledge={canAct}
              actions={actions}
              onEscape={() => open(null)}
              onVisible={setVisible}
            />
          )}
        </div>
        {openId !== null && (
          <ResponsePanel key={openId} id={openId} onClose={() => open(null)} task={task} onTask={setTask} />
        )}
        {asked !== null && <ConfirmMany list={asked} onYes={() => acknowledgeNow(asked)} onNo={() => setAsked(null)} />}
      </div>
    </DescriptionsContext>
  );
};
