// What the back-test found: figures side by side, the trend with the activations, days, and what the history lacks.
import type { backtest, equipment } from '@louwei/server/contract';
import { useWords } from '../../ui/words.ts';
import { BacktestChart } from './backtest-chart.tsx';
import { ActivationList, DayBars } from './backtest-lists.tsx';

interface Props {
  readonly id: string;
  readonly result: backtest.Backtest;
  readonly points: readonly equipment.PointDescription[];
}

export const BacktestResult = ({ id, result, points }: Props) => {
  const { t, say, duration } = useWords();
  const { today, draft, difference } = result;
  const point = points.find((one) => one.point === result.point);
  const labelOf = (name: string): string => {
    const described = points.find((one) => one.point === name);
    return described === undefined ? name : say(described.label);
  };
  const signed = (value: number, text: string): string => `${value > 0 ? '+' : value < 0 ? '−' : ''}${text}`;
  const rows: readonly (readonly [string, (run: backtest.BacktestRun) => string, string])[] = [
    [
      t('backtest.count'),
      (run) => String(run.count),
      difference === null ? '' : signed(difference.count, String(Math.abs(difference.count))),
    ],
    [t('backtest.perDay'), (run) => String(run.perDay), ''],
    [
      t('backtest.total'),
      (run) => duration(run.totalS * 1000),
      difference === null ? '' : signed(difference.totalS, duration(Math.abs(difference.totalS) * 1000)),
    ],
    [t('backtest.longest'), (run) => duration(run.longestS * 1000), ''],
    [t('backtest.suppressed'), (run) => String(run.suppressed), ''],
  ];
  return (
    <div className="stack backtest-result" data-testid="backtest-result">
      {result.history.map(({ point: name, missingS, readings, usable }) => (
        <Shortcoming
          key={name}
          missing={
            missingS > 0 ? t('backtest.missing', { point: labelOf(name), duration: duration(missingS * 1000) }) : null
          }
          unusable={
            usable < readings
              ? t('backtest.unusable', {
                  point: labelOf(name),
                  share: Math.ceil((1 - usable / readings) * 1000) / 10,
                })
              : null
          }
        />
      ))}
      <table className="compare">
        <thead>
          <tr>
            <td />
            <th scope="col">{t('backtest.today')}</th>
            <th scope="col">{t('backtest.draft')}</th>
            <th scope="col">{t('backtest.difference')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, show, differs]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{today === null ? t('common.none') : show(today)}</td>
              <td>
                <b>{show(draft)}</b>
              </td>
              <td className="muted">{differs}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {difference !== null && difference.onlyToday + difference.onlyDraft > 0 && (
        <p className="muted">
          {t('backtest.onlyToday', { count: difference.onlyToday })} ·{' '}
          {t('backtest.onlyDraft', { count: difference.onlyDraft })}
        </p>
      )}
      {point !== undefined && <BacktestChart id={id} result={result} point={point} />}
      <DayBars days={result.days} />
      <ActivationList activations={draft.activations} unit={point?.unit ?? null} />
      <p className="muted field-hint">
        {t('backtest.took', {
          readings: result.history.reduce((sum, { readings }) => sum + readings, 0).toLocaleString(),
          ms: result.tookMs,
        })}
      </p>
    </div>
  );
};

const Shortcoming = ({ missing, unusable }: { readonly missing: string | null; readonly unusable: string | null }) => (
  <>
    {missing !== null && <p className="problem">{missing}</p>}
    {unusable !== null && <p className="muted">{unusable}</p>}
  </>
);
