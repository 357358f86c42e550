// Filters of the alarm list, and the chip that says how many active alarms they hide.
import { useMemo } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../live/hooks.ts';
import { type AlarmFilter, hiddenActive, NO_FILTER, type StateFilter } from './core/order.ts';

interface Props {
  readonly filter: AlarmFilter;
  readonly onChange: (filter: AlarmFilter) => void;
}

const STATES = [
  ['all', 'alarms.stateAll'],
  ['unacked', 'alarms.stateUnacked'],
  ['acked', 'alarms.stateAcked'],
  ['returned', 'alarms.stateReturned'],
  ['aside', 'alarms.stateHidden'],
] as const satisfies readonly (readonly [StateFilter, string])[];

export const AlarmFilterBar = ({ filter, onChange }: Props) => {
  const { t } = useTranslation();
  const alarms = useLive((state) => state.alarms);
  const equipment = useLive((state) => state.equipment);
  const buildings = useMemo(
    () => [...new Set([...equipment.values()].map((item) => item.place.building))].sort(),
    [equipment],
  );
  const hidden = useMemo(() => hiddenActive([...alarms.values()], filter), [alarms, filter]);
  const toggle = (priority: number): void => {
    const others = filter.priorities.filter((other) => other !== priority);
    onChange({ ...filter, priorities: filter.priorities.includes(priority) ? others : [...others, priority] });
  };
  return (
    <div className="filter-bar row">
      {[1, 2, 3, 4].map((priority) => (
        <ToggleButton
          key={priority}
          aria-label={`${t('alarms.filterPriority')} ${priority}`}
          isSelected={filter.priorities.includes(priority)}
          onChange={() => toggle(priority)}
        >
          {priority}
        </ToggleButton>
      ))}
      <select
        aria-label={t('alarms.filterBuilding')}
        value={filter.building}
        onChange={(event) => onChange({ ...filter, building: event.target.value })}
      >
        <option value="">
          {t('alarms.filterBuilding')}: {t('common.all')}
        </option>
        {buildings.map((building) => (
          <option key={building}>{building}</option>
        ))}
      </select>
      <select
        aria-label={t('alarms.filterState')}
        value={filter.state}
        onChange={(event) => {
          const chosen = STATES.find(([state]) => state === event.target.value);
          if (chosen !== undefined) onChange({ ...filter, state: chosen[0] });
        }}
      >
        {STATES.map(([state, key]) => (
          <option key={state} value={state}>
            {t(key)}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label={t('alarms.filterText')}
        placeholder={t('alarms.filterText')}
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      {hidden > 0 && (
        <span className="hidden-chip" role="status" data-testid="hidden-alarms">
          <b>{t('alarms.hidden', { count: hidden })}</b>
          <Button onPress={() => onChange(NO_FILTER)}>{t('alarms.clearFilter')}</Button>
        </span>
      )}
    </div>
  );
};
