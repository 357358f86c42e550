// Level 1: all equipment of all buildings at a glance. Grey is normal; only what is abnormal has colour.
import './overview.css';
import { useMemo, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useLive, useWatch } from '../../live/hooks.ts';
import { useWords } from '../../ui/words.ts';
import { useDescriptions } from '../equipment/descriptions.ts';
import { type BuildingOfEquipment, byBuilding, descriptionKey, isAbnormal } from './core.ts';
import { EquipmentTile } from './equipment-tile.tsx';

const EVERYTHING = ['*'];
/** From here on tiles leave out the names of their values, so that all still fit on one screen. */
const DENSE_FROM = 60;

export const OverviewPage = () => {
  useWatch(EVERYTHING, 'faceplate');
  const { t } = useWords();
  const all = useLive((state) => state.equipment);
  const gateways = useLive((state) => state.gateways);
  const hasPicture = useLive((state) => state.position !== null);
  const [onlyAbnormal, setOnlyAbnormal] = useState(false);
  const list = useMemo(() => [...all.values()], [all]);
  const buildings = useMemo(() => byBuilding(onlyAbnormal ? list.filter(isAbnormal) : list), [list, onlyAbnormal]);
  const abnormal = list.filter((item) => item.worstPriority !== null).length;
  const offline = list.filter((item) => !item.online).length;
  const online = [...gateways.values()].filter((gateway) => gateway.online).length;
  if (list.length === 0) return <p>{t(hasPicture ? 'overview.empty' : 'common.loading')}</p>;
  return (
    <div className="overview">
      <div className="overview-head row">
        <h1>{t('overview.title')}</h1>
        <span>{t('overview.equipment', { count: list.length })}</span>
        <span>{t('overview.normal', { count: list.filter((item) => !isAbnormal(item)).length })}</span>
        <b>{t('overview.abnormal', { count: abnormal })}</b>
        <b>{t('overview.offline', { count: offline })}</b>
        <span className={online < gateways.size ? 'doubtful' : ''}>
          {t('overview.gateways', { online, all: gateways.size })}
        </span>
        <ToggleButton isSelected={onlyAbnormal} onChange={setOnlyAbnormal}>
          {t('overview.onlyAbnormal')}
        </ToggleButton>
      </div>
      {[buildings.filter(({ building }) => building !== ''), buildings.filter(({ building }) => building === '')].map(
        (some) =>
          some[0] !== undefined && (
            <div key={some[0].building} className={`buildings ${list.length > DENSE_FROM ? 'dense' : ''}`}>
              {some.map((building) => (
                <Building key={building.key} building={building} />
              ))}
            </div>
          ),
      )}
    </div>
  );
};

const Building = ({ building }: { readonly building: BuildingOfEquipment }) => {
  const { t, code } = useWords();
  const descriptions = useDescriptions();
  const lost = building.count > 0 && building.offline === building.count;
  return (
    <section className={`building panel ${lost ? 'hatched' : ''}`}>
      <h2 className="row">
        {building.building || t('overview.noBuilding')} <span className="muted building-site">{building.site}</span>
        <span className="building-counts">
          {t('overview.equipment', { count: building.count })}
          {building.abnormal > 0 && <b> · {t('overview.abnormal', { count: building.abnormal })}</b>}
          {building.offline > 0 && <b> · {t('overview.offline', { count: building.offline })}</b>}
        </span>
      </h2>
      {building.groups.map(({ group, items }) => (
        <div key={group} className="group">
          <h3>{code('group', group)}</h3>
          <div className="tiles">
            {items.map((item) => (
              <EquipmentTile key={item.id} item={item} points={descriptions.get(descriptionKey(item))} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
};
