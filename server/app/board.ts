// What the screens show, put together from the domains: sources of the live socket, and the way of every committed
// change to it.

import type { AlarmHealthPart } from '../alarm-health/alarm-health.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { EquipmentRegister } from '../assets/register.ts';
import type { EquipmentSummaries } from '../assets/summaries.ts';
import type { live as contract } from '../contract/index.ts';
import type { Live, LiveSources } from '../live/live.ts';
import type { LatestValue, LatestValues } from '../telemetry/latest-values.ts';
import type { WorkOrders } from '../work-orders/create.ts';

export interface BoardParts {
  readonly register: EquipmentRegister;
  readonly summaries: EquipmentSummaries;
  readonly latest: LatestValues;
  readonly alarms: Alarms;
  readonly workOrders: WorkOrders;
  readonly alarmHealth: AlarmHealthPart;
}

export function liveSources({ register, summaries, latest, alarms, workOrders, alarmHealth }: BoardParts): LiveSources {
  const { directory } = register;
  return {
    gateways: () => [...directory.gateways()].flatMap(({ id }) => summaries.gateway(id) ?? []),
    equipment: () => [...directory.all()].flatMap(({ id }) => summaries.summary(id) ?? []),
    alarms: () => alarms.open(),
    workOrders: () => workOrders.open(),
    floods: () => alarmHealth.openFloods(),
    newestReadingMs: () => latest.newestMs,
    values(equipmentIds, points) {
      const wanted = equipmentIds === '*' ? [...directory.all()].map(({ id }) => id) : equipmentIds;
      return wanted.flatMap((id) => {
        const faceplate = points === 'faceplate' ? summaries.summary(id)?.faceplate : undefined;
        return [...latest.of(id)]
          .filter(([point]) => points === 'all' || faceplate?.includes(point))
          .map(([point, value]) => toLiveValue(id, point, value));
      });
    },
  };
}

/** From now on every committed change reaches the live socket. */
export function connectBoard(
  { register, summaries, latest, alarms, workOrders, alarmHealth }: BoardParts,
  live: Live,
): void {
  const equipment = (ids: Iterable<string>) => [...new Set(ids)].flatMap((id) => summaries.summary(id) ?? []);
  register.directory.onChange(({ equipmentIds, gatewayIds }) =>
    live.changed({
      equipment: equipment(equipmentIds),
      gateways: gatewayIds.flatMap((id) => summaries.gateway(id) ?? []),
    }),
  );
  latest.onChange((changes) =>
    live.values(changes.map(({ equipmentId, point, latest: value }) => toLiveValue(equipmentId, point, value))),
  );
  alarms.onChange((changed) =>
    live.changed({ alarms: changed, equipment: equipment(changed.map((alarm) => alarm.equipmentId)) }),
  );
  alarmHealth.onFloods((floods) => live.changed({ floods }));
  workOrders.onChange((changed) =>
    live.changed({ workOrders: changed, equipment: equipment(changed.flatMap((order) => order.equipmentId ?? [])) }),
  );
}

const toLiveValue = (
  equipmentId: string,
  point: string,
  { value, quality, timeMs }: LatestValue,
): contract.LiveValue => [equipmentId, point, value, quality, timeMs];
