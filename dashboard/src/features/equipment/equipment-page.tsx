// Level 3: everything about one device - points, trend, alarms, orders, place and connection.
import './equipment.css';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';
import { fetchEquipment } from '../../api/plant.ts';
import { useMay } from '../../app/session.ts';
import { useLive, useWatch } from '../../live/hooks.ts';
import { Age } from '../../ui/age.tsx';
import { placeLine } from '../../ui/place.ts';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { AlarmSection } from '../alarm-settings/alarm-section.tsx';
import { blinkOf, isHollow } from '../alarms/alarm-row.tsx';
import { compareAlarms } from '../alarms/core/order.ts';
import { OrderCard } from '../work-orders/board-page.tsx';
import { compareOrders } from '../work-orders/core/steps.ts';
import { CommandDialog } from './command-dialog.tsx';
import { CommandHistory } from './command-history.tsx';
import { FeedSection } from './feed-section.tsx';
import { ofAnswer, PointTable } from './point-table.tsx';
import { TrendPanel } from './trend-panel.tsx';

const MAX_TRENDS = 4;

export const EquipmentPage = () => {
  const { id = '' } = useParams();
  const { t, say } = useWords();
  useWatch(
    useMemo(() => [id], [id]),
    'all',
  );
  const { data, error } = useQuery({
    queryKey: ['equipment', id],
    queryFn: () => fetchEquipment(id),
    staleTime: 60_000,
  });
  const live = useLive((state) => state.equipment.get(id));
  const mayCreate = useMay('work-order:dispatch');
  const mayCommand = useMay('command:issue');
  const liveValues = useLive((state) => state.values.get(id));
  const [commanding, setCommanding] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  if (data === undefined) return error === null ? <p>{t('common.loading')}</p> : <ProblemNote error={error} />;
  const item = { ...data, ...live };
  const measurable = item.points.filter((point) => point.kind !== 'text').map((point) => point.point);
  const first = item.faceplate.filter((point) => measurable.includes(point)).slice(0, 1);
  const shown = chosen ?? first;
  const toggle = (point: string): void =>
    setChosen(shown.includes(point) ? shown.filter((p) => p !== point) : [...shown, point].slice(-MAX_TRENDS));
  const commanded = item.points.find((point) => point.point === commanding);
  return (
    <article className="equipment-page">
      <header className={`panel equipment-head ${item.online ? '' : 'hatched'}`}>
        {item.worstPriority !== null && (
          <PriorityChip priority={item.worstPriority} blink={item.unacknowledged > 0 ? 'fast' : 'none'} size={28} />
        )}
        <div>
          <h1>{say(item.name)}</h1>
          <span className="muted">
            {item.id} · {say(item.classLabel)} · {item.model}
          </span>
        </div>
        <dl className="facts">
          <Fact label={t('equipment.place')} value={`${placeLine(item.place)}（${item.place.site}）`} />
          <Fact label={t('equipment.gateway')} value={item.gatewayId} />
          <Fact label={t('equipment.connection')} value={item.connection} />
        </dl>
        <b className="equipment-state">
          {item.online ? t('equipment.online') : `? ${t('equipment.offline')}`}{' '}
          {item.offlineSince !== null && !item.online && <Age sinceMs={Date.parse(item.offlineSince)} />}
        </b>
        {mayCreate && (
          <Link className="button" to={`/work-orders/new?equipment=${encodeURIComponent(id)}`}>
            {t('equipment.reportFault')}
          </Link>
        )}
      </header>
      <PointTable
        item={item}
        values={data.values}
        shown={shown}
        onToggle={toggle}
        onCommand={mayCommand ? setCommanding : undefined}
      />
      {commanded?.write !== undefined && (
        <CommandDialog
          item={item}
          point={commanded}
          write={commanded.write}
          now={
            liveValues?.get(commanded.point) ?? ofAnswer(data.values.find((value) => value.point === commanded.point))
          }
          onClose={() => setCommanding(null)}
        />
      )}
      <div className="equipment-side">
        <TrendPanel id={id} points={item.points.filter((point) => shown.includes(point.point))} />
        {item.points.some((point) => point.write !== undefined) && <CommandHistory item={item} />}
        <OwnAlarms id={id} />
        <OwnOrders id={id} />
        <FeedSection id={id} />
      </div>
      <AlarmSection key={id} id={id} points={item.points} />
    </article>
  );
};

const Fact = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
);

const OwnAlarms = ({ id }: { readonly id: string }) => {
  const { t, say } = useWords();
  const all = useLive((state) => state.alarms);
  const own = useMemo(
    () => [...all.values()].filter((alarm) => alarm.equipmentId === id).sort(compareAlarms),
    [all, id],
  );
  return (
    <section className="panel">
      <h2>{t('equipment.alarms')}</h2>
      {own.length === 0 && <p className="muted">{t('equipment.noAlarms')}</p>}
      {own.map((alarm) => (
        <Link key={alarm.id} className="own-alarm" to={`/alarms?open=${encodeURIComponent(alarm.id)}`}>
          <PriorityChip priority={alarm.priority} blink={blinkOf(alarm)} hollow={isHollow(alarm)} size={20} />
          <span>{say(alarm.text)}</span>
          <span className="muted nowrap">
            {t(`alarmState.${alarm.state}`)} · <Age sinceMs={Date.parse(alarm.activeAt)} />
          </span>
        </Link>
      ))}
    </section>
  );
};

const OwnOrders = ({ id }: { readonly id: string }) => {
  const { t } = useWords();
  const all = useLive((state) => state.workOrders);
  const own = useMemo(
    () => [...all.values()].filter((order) => order.equipmentId === id).sort(compareOrders),
    [all, id],
  );
  return (
    <section className="panel stack">
      <h2>{t('equipment.orders')}</h2>
      {own.length === 0 && <p className="muted">{t('equipment.noOrders')}</p>}
      {own.map((order) => (
        <OrderCard key={order.id} order={order} />
      ))}
    </section>
  );
};
