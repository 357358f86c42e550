// All points of a device: value, unit, where it lies between its limits, quality with reason, age.
import type { equipment } from '@louwei/server/contract';
import { Button } from 'react-aria-components';
import { validityOf } from '../../live/core/freshness.ts';
import type { PointNow } from '../../live/core/state.ts';
import { useCanAct, useLive, useServerNow } from '../../live/hooks.ts';
import { PointValue, reasonOf } from '../../ui/point-value.tsx';
import { useWords } from '../../ui/words.ts';
import { RangeIndicator } from './range-indicator.tsx';

interface Props {
  readonly item: equipment.EquipmentDetail;
  /** Values of the first answer, until the live socket brings its own. */
  readonly values: readonly equipment.PointValue[];
  readonly shown: readonly string[];
  readonly onToggle: (point: string) => void;
  /** Opens the dialog of a point that can be written; absent when this person may not. */
  readonly onCommand: ((point: string) => void) | undefined;
}

export const ofAnswer = (value: equipment.PointValue | undefined): PointNow | undefined =>
  value === undefined ? undefined : { value: value.value, quality: value.quality, timeMs: Date.parse(value.time) };

export const PointTable = ({ item, values, shown, onToggle, onCommand }: Props) => {
  const { t } = useWords();
  const live = useLive((state) => state.values.get(item.id));
  const controls = onCommand !== undefined && item.points.some((point) => point.write !== undefined);
  const columns = ['point', 'value', 'range', 'quality', 'age'] as const;
  return (
    <section className="panel point-table">
      <table>
        <thead>
          <tr>
            <th aria-label={t('equipment.trend')} />
            {columns.map((column) => (
              <th key={column} className={`pt-${column}`}>
                {t(`equipment.${column}`)}
              </th>
            ))}
            {controls && <th>{t('command.control')}</th>}
          </tr>
        </thead>
        <tbody>
          {item.points.map((point) => (
            <PointRow
              key={point.point}
              point={point}
              now={live?.get(point.point) ?? ofAnswer(values.find((value) => value.point === point.point))}
              online={item.online}
              isShown={shown.includes(point.point)}
              onToggle={onToggle}
              onCommand={controls ? onCommand : undefined}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
};

interface RowProps {
  readonly point: equipment.PointDescription;
  readonly now: PointNow | undefined;
  readonly online: boolean;
  readonly isShown: boolean;
  readonly onToggle: (point: string) => void;
  readonly onCommand: ((point: string) => void) | undefined;
}

const PointRow = ({ point, now, online, isShown, onToggle, onCommand }: RowProps) => {
  const words = useWords();
  const serverNowMs = useServerNow();
  const canAct = useCanAct();
  const validity = validityOf(now, point.expectEveryS, online, serverNowMs);
  const number = typeof now?.value === 'number' ? now.value : null;
  return (
    <tr data-testid={`point-${point.point}`}>
      <td>
        <input
          type="checkbox"
          aria-label={`${words.t('equipment.trend')} ${words.say(point.label)}`}
          checked={isShown}
          disabled={point.kind === 'text'}
          onChange={() => onToggle(point.point)}
        />
      </td>
      <td className="pt-point" title={point.point}>
        {words.say(point.label)}
      </td>
      <td className="pt-value">
        <PointValue now={now} point={point} online={online} />
      </td>
      <td className="pt-range">
        <RangeIndicator point={point} value={validity.kind === 'good' ? number : null} />
      </td>
      <td className="pt-quality">{reasonOf(validity, online, words)}</td>
      <td className="pt-age nowrap">{now === undefined ? '–' : words.duration(serverNowMs - now.timeMs)}</td>
      {onCommand !== undefined && (
        <td>
          {point.write !== undefined && (
            <Button
              data-testid={`command-${point.point}`}
              isDisabled={!canAct || !online}
              onPress={() => onCommand(point.point)}
            >
              {words.t('command.set')}
            </Button>
          )}
        </td>
      )}
    </tr>
  );
};
