// One device on the overview: name, worst alarm, the values of its faceplate, how old they are, or since when it is lost.
import type { equipment } from '@louwei/server/contract';
import { memo } from 'react';
import { Link } from 'react-router';
import type { PointNow } from '../../live/core/state.ts';
import { useLive } from '../../live/hooks.ts';
import { Age } from '../../ui/age.tsx';
import { placeLine } from '../../ui/place.ts';
import { PointValue } from '../../ui/point-value.tsx';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { useWords } from '../../ui/words.ts';
import type { Points } from '../equipment/descriptions.ts';
import { tileName } from './tile-name.ts';

interface Props {
  readonly item: equipment.EquipmentSummary;
  readonly points: Points | undefined;
}

const SHOWN = 2;

const newestOf = (values: ReadonlyMap<string, PointNow> | undefined, faceplate: readonly string[]): number | null => {
  const times = faceplate.flatMap((point) => values?.get(point)?.timeMs ?? []);
  return times.length === 0 ? null : Math.max(...times);
};

export const EquipmentTile = memo(({ item, points }: Props) => {
  const { t, say } = useWords();
  const values = useLive((state) => state.values.get(item.id));
  const newestMs = newestOf(values, item.faceplate);
  return (
    <Link
      to={`/equipment/${encodeURIComponent(item.id)}`}
      className={`tile ${item.online ? '' : 'hatched'} ${item.worstPriority === null ? '' : `tile-p${item.worstPriority}`}`}
      data-testid={`equipment-tile-${item.id}`}
      title={`${item.id} · ${say(item.name)} · ${say(item.classLabel)} · ${placeLine(item.place)}`}
    >
      <span className="tile-head">
        {item.worstPriority !== null && (
          <PriorityChip priority={item.worstPriority} blink={item.unacknowledged > 0 ? 'fast' : 'none'} size={17} />
        )}
        {!item.online && <b className="tile-lost">?</b>}
        <b className="ellipsis tile-name">{tileName(say(item.name), item.place.building)}</b>
        {item.openWorkOrders > 0 && <span title={t('overview.openOrders', { count: item.openWorkOrders })}>⚒</span>}
        {item.online && newestMs !== null && (
          <span className="tile-age muted">
            <Age sinceMs={newestMs} />
          </span>
        )}
      </span>
      {item.online ? (
        <span className="tile-values">
          {item.faceplate.slice(0, SHOWN).map((point) => {
            const description = points?.get(point);
            return (
              <span key={point} className="tile-value">
                <span className="tile-label ellipsis muted">
                  {description === undefined ? point : say(description.label)}
                </span>
                <PointValue now={values?.get(point)} point={description} online={item.online} />
              </span>
            );
          })}
        </span>
      ) : (
        <span className="tile-offline">
          {item.offlineSince === null ? t('equipment.offline') : <OfflineAge since={item.offlineSince} />}
        </span>
      )}
    </Link>
  );
});

const OfflineAge = ({ since }: { readonly since: string }) => {
  const { t } = useWords();
  return (
    <>
      {t('equipment.offline')} <Age sinceMs={Date.parse(since)} />
    </>
  );
};
