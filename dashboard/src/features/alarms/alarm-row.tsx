// One row of the alarm list. Only its icon blinks, never its text.
import type { alarms } from '@louwei/server/contract';
import { memo, useContext } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useLive, useServerNow } from '../../live/hooks.ts';
import { Lasting } from '../../ui/age.tsx';
import { placeLine } from '../../ui/place.ts';
import { measured, valueText } from '../../ui/point-text.ts';
import { PointValue } from '../../ui/point-value.tsx';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { formatRecent } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { DescriptionsContext } from '../equipment/descriptions.ts';
import { descriptionKey } from '../overview/core.ts';
import { OrderBadge } from '../work-orders/order-badge.tsx';
import { AlarmTags } from './alarm-tags.tsx';
import { Cell } from './cell.tsx';
import { isUnacknowledged } from './core/order.ts';

type Alarm = alarms.Alarm;

export interface RowActions {
  readonly select: (id: string) => void;
  readonly open: (id: string) => void;
  readonly acknowledge: (alarm: Alarm) => void;
  readonly silence: (alarm: Alarm) => void;
  readonly shelve: (alarm: Alarm) => void;
  readonly order: (alarm: Alarm) => void;
}

interface Props {
  readonly alarm: Alarm;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly mayAcknowledge: boolean;
  readonly actions: RowActions;
}

export const blinkOf = (alarm: Alarm) =>
  alarm.state === 'UNACK' || alarm.state === 'LATUN' ? 'fast' : alarm.state === 'RTNUN' ? 'slow' : 'none';
export const isHollow = (alarm: Alarm): boolean =>
  alarm.state === 'RTNUN' || alarm.state === 'LATUN' || alarm.state === 'LATAK' || alarm.state === 'NORM';

export const AlarmRow = memo(({ alarm, isActive, isSelected, mayAcknowledge, actions }: Props) => {
  const { t, say } = useWords();
  const waits = isUnacknowledged(alarm);
  return (
    // Keys are handled by the grid that owns the rows.
    // biome-ignore lint/a11y/useSemanticElements: the rows are placed freely, they cannot be a table
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles Enter for its active row
    <div
      role="row"
      id={`row-${alarm.id}`}
      aria-selected={isSelected}
      tabIndex={-1}
      className={`alarm-row ${isActive ? 'row-active' : ''} ${waits ? 'row-waits' : ''} ${alarm.uncertain ? 'hatched' : ''} ${alarm.state === 'NORM' ? 'row-closed' : ''}`}
      data-testid={`alarm-row-${alarm.id}`}
      onClick={() => actions.open(alarm.id)}
    >
      <Cell column="select">
        <input
          type="checkbox"
          aria-label={t('alarms.select')}
          checked={isSelected}
          onClick={(event) => event.stopPropagation()}
          onChange={() => actions.select(alarm.id)}
        />
      </Cell>
      <Cell column="priority">
        <PriorityChip priority={alarm.priority} blink={blinkOf(alarm)} hollow={isHollow(alarm)} size={24} />
        {waits && <span className="unack-text">{t('alarmTag.unack')}</span>}
      </Cell>
      <Cell column="state">
        {alarm.state === 'RTNUN' ? (
          <span className="tag">{t('alarmTag.returned')}</span>
        ) : (
          t(`alarmState.${alarm.state}`)
        )}
        {alarm.uncertain && <span className="tag">? {t('alarmTag.uncertain')}</span>}
      </Cell>
      <Cell column="active">
        <ActiveAt time={alarm.activeAt} />
      </Cell>
      <Cell column="duration">
        <Lasting
          sinceMs={Date.parse(alarm.activeAt)}
          untilMs={alarm.clearedAt === null || alarm.active ? null : Date.parse(alarm.clearedAt)}
        />
      </Cell>
      <Cell column="place">
        <span className="ellipsis muted">{placeLine(alarm.place)}</span>
        <Link
          className="ellipsis"
          to={`/equipment/${encodeURIComponent(alarm.equipmentId)}`}
          onClick={(event) => event.stopPropagation()}
        >
          {say(alarm.equipmentName)}
        </Link>
      </Cell>
      <Cell column="message" title={say(alarm.text)}>
        {say(alarm.text)} <AlarmTags alarm={alarm} />
      </Cell>
      <Cell column="now">
        <NowAndLimit alarm={alarm} />
      </Cell>
      <Cell column="ack ellipsis">
        {alarm.acknowledgedBy !== null && (
          <>
            <span className="ellipsis">{alarm.acknowledgedBy}</span>
            {alarm.acknowledgedAt !== null && <ActiveAt time={alarm.acknowledgedAt} />}
          </>
        )}
      </Cell>
      <Cell column="order">{alarm.workOrderId !== null && <OrderBadge id={alarm.workOrderId} />}</Cell>
      <Cell column="actions">
        {waits && <AckButton alarm={alarm} isDisabled={!mayAcknowledge} onPress={() => actions.acknowledge(alarm)} />}
      </Cell>
    </div>
  );
});

const AckButton = (props: { readonly alarm: Alarm; readonly isDisabled: boolean; readonly onPress: () => void }) => {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps a press on the button from opening the row as well
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same, for the pointer only
    <span onClick={(event) => event.stopPropagation()}>
      <Button data-testid={`ack-${props.alarm.id}`} isDisabled={props.isDisabled} onPress={props.onPress}>
        {t('alarms.acknowledge')}
      </Button>
    </span>
  );
};

const ActiveAt = ({ time }: { readonly time: string }) => {
  const now = useServerNow();
  return <time className="nowrap">{formatRecent(Date.parse(time), now)}</time>;
};

const NowAndLimit = ({ alarm }: { readonly alarm: Alarm }) => {
  const { t, language } = useWords();
  const now = useLive((state) =>
    alarm.point === null ? undefined : state.values.get(alarm.equipmentId)?.get(alarm.point),
  );
  const item = useLive((state) => state.equipment.get(alarm.equipmentId));
  const descriptions = useContext(DescriptionsContext);
  if (alarm.point === null) return null;
  const point = item === undefined ? undefined : descriptions.get(descriptionKey(item))?.get(alarm.point);
  return (
    <>
      <span className="ellipsis">
        {now === undefined && point === undefined ? (
          measured(alarm.value, alarm.unit)
        ) : (
          <PointValue now={now} point={point} online={item?.online ?? false} />
        )}
      </span>
      {alarm.limit !== null && (
        <span className="muted ellipsis">
          {t('alarms.limit', {
            value: point?.values == null ? measured(alarm.limit, alarm.unit) : valueText(alarm.limit, point, language),
          })}
        </span>
      )}
    </>
  );
};
