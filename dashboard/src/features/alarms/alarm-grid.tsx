// The virtualised list of alarms with its keys: arrows, Space, A, S, H, W, Enter, Esc.
import type { alarms } from '@louwei/server/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { AlarmRow, type RowActions } from './alarm-row.tsx';
import type { Rows } from './arrangement.ts';
import { entriesOf } from './core/groups.ts';
import { GroupHeading } from './group-heading.tsx';

type Alarm = alarms.Alarm;

interface Props {
  readonly list: Rows;
  /** In a flood: together what stands together, nothing hidden. */
  readonly grouped: boolean;
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
const HEADING_PX = 30;
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
  const entries = useMemo(() => entriesOf(rows, props.grouped), [rows, props.grouped]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (entries[index]?.kind === 'heading' ? HEADING_PX : ROW_PX),
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: 6,
  });
  const items = virtualizer.getVirtualItems();
  const topPx = virtualizer.scrollOffset ?? 0;
  const heightPx = virtualizer.scrollRect?.height ?? 0;
  const whole = items.filter((item) => item.start >= topPx - 2 && item.end <= topPx + heightPx + 2);
  const visibleKey = whole.map((item) => item.index).join();
  const { onVisible } = props;
  useEffect(() => {
    onVisible(visibleKey === '' ? [] : visibleKey.split(',').flatMap((index) => entries[Number(index)]?.alarm ?? []));
  }, [visibleKey, entries, onVisible]);

  const move = (by: number): void => {
    const shown = entries.flatMap(({ alarm }) => alarm ?? []);
    const at = shown.findIndex((row) => row.id === props.activeId);
    const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next === undefined) return;
    props.setActiveId(next.id);
    virtualizer.scrollToIndex(entries.findIndex(({ alarm }) => alarm === next));
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
      ['s', () => active && props.actions.silence(active)],
      ['h', () => active && props.actions.shelve(active)],
      ['w', () => active && props.actions.order(active)],
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
          const entry = entries[item.index];
          if (entry === undefined) return null;
          if (entry.kind === 'heading')
            return (
              <div key={item.key} className="alarm-slot" style={{ transform: `translateY(${item.start}px)` }}>
                <GroupHeading heading={entry} />
              </div>
            );
          const { alarm } = entry;
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
