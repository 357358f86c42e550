// Each figure with its target and the verdict. The verdict is a word and a shape: saturated colour belongs to alarms.
import type { alarmHealth } from '@louwei/server/contract';
import { useTranslation } from 'react-i18next';
import { figureText } from './core/figures.ts';

type Figure = alarmHealth.Figure;

const SHAPES = { acceptable: '✓', manageable: '△', action: '▲', none: '' } as const;

export const FigureTable = ({ figures }: { readonly figures: readonly Figure[] }) => {
  const { t } = useTranslation();
  const bound = (value: number | null, { unit, compare }: Figure): string =>
    value === null ? '–' : t(`health.${compare}`, { value: figureText(value, unit) });
  return (
    <section className="panel figures">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('health.figure')}</th>
            <th scope="col">{t('health.value')}</th>
            <th scope="col">{t('health.target')}</th>
            <th scope="col" className="wide-only">
              {t('health.limit')}
            </th>
            <th scope="col">{t('health.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => {
            const verdict = figure.verdict ?? 'none';
            return (
              <tr key={figure.key} data-testid={`figure-${figure.key}`}>
                <th scope="row">{t(`figure.${figure.key}`)}</th>
                <td className="nowrap">
                  <b>{figureText(figure.value, figure.unit)}</b>
                </td>
                <td className="muted nowrap">{bound(figure.target, figure)}</td>
                <td className="muted nowrap wide-only">{bound(figure.limit, figure)}</td>
                <td className={`verdict verdict-${verdict}`}>
                  <span aria-hidden="true">{SHAPES[verdict]}</span> {t(`verdict.${verdict}`)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
};
