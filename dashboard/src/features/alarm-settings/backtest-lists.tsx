// Activations day by day as pairs of bars, and the longest ones of the draft as a list.
import type { backtest } from '@louwei/server/contract';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { withUnit } from './use-labels.ts';

const DAY_WIDTH = 34;
const BAR_WIDTH = 13;
const HEIGHT = 96;
/** Room for the figures above the bars and the day below them. */
const TOP = 14;
const BOTTOM = 16;

export const DayBars = ({ days }: { readonly days: backtest.Backtest['days'] }) => {
  const { t } = useWords();
  const highest = Math.max(1, ...days.flatMap(({ today, draft }) => [today, draft]));
  const scale = (count: number): number => (count / highest) * (HEIGHT - TOP - BOTTOM);
  const base = HEIGHT - BOTTOM;
  return (
    <section>
      <h2>{t('backtest.daysTitle')}</h2>
      <p className="legend">
        <span className="swatch today" /> {t('backtest.today')} <span className="swatch draft" /> {t('backtest.draft')}
      </p>
      <div className="day-bars">
        {/* As wide as its days need; a narrow screen scrolls it. */}
        <svg width={days.length * DAY_WIDTH} height={HEIGHT} role="img" aria-label={t('backtest.daysTitle')}>
          {days.map(({ day, today, draft }, index) => (
            <g key={day} transform={`translate(${index * DAY_WIDTH + 3} 0)`}>
              <title>{`${day}: ${t('backtest.today')} ${today}, ${t('backtest.draft')} ${draft}`}</title>
              {([today, draft] as const).map((count, which) => (
                <g key={which === 0 ? 'today' : 'draft'} transform={`translate(${which * (BAR_WIDTH + 1)} 0)`}>
                  <rect
                    className={which === 0 ? 'bar-today' : 'bar-draft'}
                    y={base - Math.max(scale(count), 1)}
                    width={BAR_WIDTH}
                    height={Math.max(scale(count), 1)}
                  />
                  <text x={BAR_WIDTH / 2} y={base - scale(count) - 3} textAnchor="middle">
                    {count}
                  </text>
                </g>
              ))}
              <text className="day" x={BAR_WIDTH} y={HEIGHT - 3} textAnchor="middle">
                {day.slice(5)}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </section>
  );
};

const LISTED = 20;

interface Props {
  readonly activations: backtest.BacktestRun['activations'];
  readonly unit: string | null;
}

export const ActivationList = ({ activations, unit }: Props) => {
  const { t, duration } = useWords();
  const longest = [...activations].sort((a, b) => b.durationS - a.durationS).slice(0, LISTED);
  return (
    <section>
      <h2>{t('backtest.list')}</h2>
      {longest.length === 0 ? (
        <p className="muted">{t('backtest.none')}</p>
      ) : (
        <table className="compare">
          <thead>
            <tr>
              <th scope="col">{t('backtest.from')}</th>
              <th scope="col">{t('backtest.duration')}</th>
              <th scope="col">{t('backtest.peak')}</th>
            </tr>
          </thead>
          <tbody>
            {longest.map(({ from, to, durationS, peak }) => (
              <tr key={from}>
                <td>{formatDateTime(Date.parse(from))}</td>
                <td>
                  {duration(durationS * 1000)}
                  {to === null && <span className="muted"> {t('backtest.open')}</span>}
                </td>
                <td>{peak === null ? t('common.none') : withUnit(rounded(peak), unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {activations.length > LISTED && <p className="muted field-hint">{t('backtest.more', { count: LISTED })}</p>}
    </section>
  );
};

const rounded = (value: number | string): number | string =>
  typeof value === 'number' ? Number(value.toFixed(3)) : value;
