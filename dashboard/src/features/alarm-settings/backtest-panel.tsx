// Tries drafted numbers on the stored history, shows them beside today's, and hands them to the change dialog.
import type { alarmSettings, equipment } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { runBacktest } from '../../api/alarm-settings.ts';
import { clockStore } from '../../live/clock.ts';
import { useCanAct } from '../../live/hooks.ts';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { BacktestResult } from './backtest-result.tsx';
import type { ChangeRequest } from './change-request.ts';
import { backtestFields, changedValues, entriesOf, isInvalid, prefilled } from './core/draft.ts';
import { NumberField } from './number-field.tsx';
import { useLabels } from './use-labels.ts';

const DAY_MS = 86_400_000;
const PERIOD_DAYS = [1, 7, 30] as const;

interface Props {
  readonly id: string;
  readonly settings: alarmSettings.AlarmSettings;
  readonly points: readonly equipment.PointDescription[];
  /** Numbers of a link: `deadband`, `onDelayS`, `offDelayS`. */
  readonly proposed: URLSearchParams;
  readonly onAlarm: (alarm: string) => void;
  readonly onApply: (request: ChangeRequest) => void;
}

export const BacktestPanel = ({ id, settings, points, proposed, onAlarm, onApply }: Props) => {
  const { t } = useWords();
  const { alarmName } = useLabels();
  const canAct = useCanAct();
  const alarm = settings.alarms.find((one) => one.alarm === proposed.get('alarm')) ?? settings.alarms[0];
  const fields = alarm === undefined ? [] : backtestFields(settings, alarm);
  const [entries, setEntries] = useState(() => prefilled(fields, proposed));
  const [days, setDays] = useState<(typeof PERIOD_DAYS)[number]>(7);
  const values = changedValues(fields, entries);
  const invalid = values === null || fields.some((field) => isInvalid(field, entries[field.field] ?? ''));
  const run = useMutation({
    mutationFn: (request: { readonly alarm: string; readonly values: Readonly<Record<string, number>> }) => {
      const toMs = clockStore.get().serverNowMs;
      return runBacktest({ equipmentId: id, fromMs: toMs - days * DAY_MS, toMs, ...request });
    },
  });
  if (alarm === undefined) return null;
  return (
    <div className="backtest">
      <form
        className="stack backtest-draft"
        onSubmit={(event) => {
          event.preventDefault();
          if (!invalid && values !== null) run.mutate({ alarm: alarm.alarm, values });
        }}
      >
        <Field label={t('backtest.alarm')}>
          {(inputId) => (
            <select
              id={inputId}
              data-testid="backtest-alarm"
              value={alarm.alarm}
              onChange={(event) => onAlarm(event.target.value)}
            >
              {settings.alarms.map((one) => (
                <option key={one.alarm} value={one.alarm}>
                  {one.priority} · {alarmName(one)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <p className="muted rule-line">{alarm.rule}</p>
        {fields.map((field) => (
          <NumberField
            key={field.field}
            field={field}
            text={entries[field.field] ?? ''}
            onChange={(text) => setEntries({ ...entries, [field.field]: text })}
          />
        ))}
        <div>
          <span className="field-label">{t('backtest.period')}</span>
          <div className="row">
            {PERIOD_DAYS.map((count) => (
              <ToggleButton key={count} isSelected={count === days} onChange={() => setDays(count)}>
                {t('backtest.days', { count })}
              </ToggleButton>
            ))}
          </div>
        </div>
        <div className="row">
          <Button
            type="submit"
            className="primary"
            data-testid="backtest-run"
            isDisabled={!canAct || invalid || run.isPending}
          >
            {run.isPending ? t('backtest.running') : t('backtest.run')}
          </Button>
          <Button onPress={() => setEntries(entriesOf(fields))}>{t('backtest.reset')}</Button>
          <Button
            data-testid="backtest-apply"
            isDisabled={!canAct || invalid || Object.keys(values ?? {}).length === 0}
            onPress={() => onApply({ title: alarmName(alarm), fields, entries })}
          >
            {t('backtest.apply')}
          </Button>
        </div>
        <ProblemNote error={run.error} />
        <p className="muted field-hint">{t('backtest.hint')}</p>
      </form>
      {run.data !== undefined && <BacktestResult id={id} result={run.data} points={points} />}
    </div>
  );
};
