// The virtualised list of alarms with its keys: arrows, Space, A, Enter, Esc.
import type { alarms } from '@louwei/server/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { AlarmRow, type RowActions } from './alarm-row.tsx';
import type { Rows } from './arrangement.ts';

type Alarm = alarms.Alarm;

interface Props {
  readonly list: Rows;
  readonly activeId: string | null;
  readonly setActiveId: (id: string) => void;
  readonly selected: ReadonlySet<string>;
  readonly mayAcknowledge: boolean;
  readonly actions: RowActions;
  readonly onEscape: () => void;
  /** Rows really on the screen, for "acknowledge visible page". */
  readonly onVisible: (visible: readonly Alarm[]) => void;
}

const ROW_PX = 46;
const COLUMNS = [
  'select',
  'priority',
  'state',
  'active',
  'duration',
  'place',
  'message',
  'now',
  'ackBy',
  'order',
] as const;
const CLASS_OF: Partial<Record<(typeof COLUMNS)[number], string>> = { ackBy: 'ack' };

export const AlarmGrid = (props: Props) => {
  const { t } = useTranslation();
  const { rows } = props.list;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 6,
  });
  const items = virtualizer.getVirtualItems();
  const topPx = virtualizer.scrollOffset ?? 0;
  const heightPx = virtualizer.scrollRect?.height ?? 0;
  const whole = items.filter((item) => item.start >= topPx - 2 && item.end <= topPx + heightPx + 2);
  const visibleKey = whole.map((item) => item.index).join();
  const { onVisible } = props;
  useEffect(() => {
    onVisible(visibleKey === '' ? [] : visibleKey.split(',').flatMap((index) => rows[Number(index)] ?? []));
  }, [visibleKey, rows, onVisible]);

  const move = (by: number): void => {
    const at = rows.findIndex((row) => row.id === props.activeId);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next === undefined) return;
    props.setActiveId(next.id);
    virtualizer.scrollToIndex(rows.indexOf(next));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const active = rows.find((row) => row.id === props.activeId);
    const keys = new Map<string, () => void>([
      ['ArrowDown', () => move(1)],
      ['ArrowUp', () => move(-1)],
      ['PageDown', () => move(10)],
      ['PageUp', () => move(-10)],
      ['Escape', props.onEscape],
      [' ', () => active && props.actions.select(active.id)],
      ['Enter', () => active && props.actions.open(active.id)],
      ['a', () => active && props.mayAcknowledge && props.actions.acknowledge(active)],
    ]);
    const action = keys.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget)
      return;
    event.preventDefault();
    props.list.touch();
    action();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table, its rows are placed freely
    <div
      role="grid"
      className="alarm-grid"
      aria-label={t('alarms.title')}
      aria-rowcount={rows.length}
      tabIndex={0}
      ref={scroller}
      aria-activedescendant={props.activeId === null ? undefined : `row-${props.activeId}`}
      onKeyDown={onKeyDown}
      onPointerEnter={(event) => event.pointerType === 'mouse' && props.list.setPointerInside(true)}
      onPointerLeave={() => props.list.setPointerInside(false)}
      data-testid="alarm-grid"
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid itself has the focus */}
      {/* biome-ignore lint/a11y/useSemanticElements: the rows are placed freely, they cannot be a table */}
      <div role="row" className="alarm-row alarm-head">
        {COLUMNS.map((column) => (
          // biome-ignore lint/a11y/useFocusableInteractive: headers do nothing
          // biome-ignore lint/a11y/useSemanticElements: as the row
          <span key={column} role="columnheader" className={`c-${CLASS_OF[column] ?? column}`}>
            {column === 'select' ? '' : t(`alarms.${column}`)}
          </span>
        ))}
        <span className="c-actions" />
      </div>
      <div className="alarm-rows" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const alarm = rows[item.index];
          if (alarm === undefined) return null;
          return (
            <div key={item.key} className="alarm-slot" style={{ transform: `translateY(${item.start}px)` }}>
              <AlarmRow
                alarm={alarm}
                isActive={alarm.id === props.activeId}
                isSelected={props.selected.has(alarm.id)}
                mayAcknowledge={props.mayAcknowledge}
                actions={props.actions}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
};
