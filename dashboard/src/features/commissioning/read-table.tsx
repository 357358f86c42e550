// The values of a test read with their quality, each beside what its class can plausibly show.
import type { commissioning } from '@louwei/server/contract';
import { valueText } from '../../ui/point-text.ts';
import { useWords } from '../../ui/words.ts';
import { verdictOf } from './core/readings.ts';

type Point = commissioning.ModelPoints['points'][number];
type Reading = commissioning.TestRead['readings'][number];

export const useReadingText = (): ((reading: Reading | undefined, point: Point | undefined) => string) => {
  const { language } = useWords();
  return (reading, point) => {
    if (reading === undefined || reading.value === null) return '–';
    const value = typeof reading.value === 'boolean' ? Number(reading.value) : reading.value;
    const far = typeof value === 'number' && (Math.abs(value) >= 1e9 || (value !== 0 && Math.abs(value) < 1e-4));
    const text = far ? value.toExponential(2) : valueText(value, point, language);
    return point?.unit == null ? text : `${text} ${point.unit}`;
  };
};

interface Props {
  readonly read: commissioning.TestRead;
  readonly points: readonly Point[];
}

export const ReadTable = ({ read, points }: Props) => {
  const { t, say, code } = useWords();
  const textOf = useReadingText();
  return (
    <div className="commission-scroll">
      <table className="commission-table" data-testid="readings">
        <thead>
          <tr>
            <th>{t('commission.point')}</th>
            <th className="number">{t('commission.value')}</th>
            <th>{t('commission.quality')}</th>
            <th>{t('commission.plausibleRange')}</th>
          </tr>
        </thead>
        <tbody>
          {read.readings.map((reading) => {
            const point = points.find((one) => one.point === reading.point);
            const odd = verdictOf(reading, point) === 'implausible';
            return (
              <tr key={reading.point} data-testid={`reading-${reading.point}`}>
                <td>{point === undefined ? reading.point : say(point.label)}</td>
                <td className="number nowrap">
                  <b>{textOf(reading, point)}</b>
                </td>
                <td className={reading.quality === 'good' ? 'muted' : 'commission-odd'}>
                  {code('quality', reading.quality)}
                </td>
                <td className={odd ? 'commission-odd' : 'muted'}>
                  {point?.range != null && `${point.range[0]} … ${point.range[1]}`}
                  {odd && ` ${t('commission.implausible')}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};
