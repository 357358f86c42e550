// Equipment and gateways as the API and the live socket show them.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { equipment as contract } from '../contract/index.ts';
import { GATEWAY_CLASS } from './core/identity.ts';
import type { EquipmentDirectory, EquipmentRecord, GatewayRecord } from './directory.ts';

export interface AlarmCounts {
  /** null when no alarm is open. */
  readonly worstPriority: number | null;
  readonly unacknowledged: number;
  readonly active: number;
}

export interface EquipmentSummaries {
  summary(id: string): contract.EquipmentSummary | undefined;
  gateway(id: string): contract.Gateway | undefined;
}

export interface SummarySources {
  readonly directory: EquipmentDirectory;
  readonly library: { readonly classes: ReadonlyMap<string, EquipmentClass> };
  readonly alarmCounts: (equipmentId: string) => AlarmCounts;
  readonly openWorkOrders: (equipmentId: string) => number;
}

/** Points on the tile of equipment whose class names none. */
const FACEPLATE_POINTS = 4;

export function createSummaries(sources: SummarySources): EquipmentSummaries {
  const { directory, library } = sources;
  let counts: Map<string, number> | undefined;
  directory.onChange(() => {
    counts = undefined;
  });
  const equipmentCount = (gatewayId: string): number => {
    if (counts === undefined) {
      counts = new Map();
      for (const record of directory.all())
        if (record.deviceId !== '') counts.set(record.gatewayId, (counts.get(record.gatewayId) ?? 0) + 1);
    }
    return counts.get(gatewayId) ?? 0;
  };
  return {
    summary(id) {
      const record = directory.equipment(id);
      if (record === undefined) return undefined;
      const definition = library.classes.get(record.class);
      const alarms = sources.alarmCounts(id);
      return {
        id,
        name: record.name,
        class: record.class,
        classLabel: definition?.label ?? unprofiled(record),
        group: definition?.group ?? 'monitoring',
        model: record.model,
        place: record.place,
        gatewayId: record.gatewayId,
        online: record.online,
        offlineSince: record.offlineSinceMs === null ? null : new Date(record.offlineSinceMs).toISOString(),
        worstPriority: alarms.worstPriority,
        unacknowledged: alarms.unacknowledged,
        activeAlarms: alarms.active,
        openWorkOrders: sources.openWorkOrders(id),
        faceplate: faceplate(record, definition),
      };
    },
    gateway(id) {
      const record = directory.gateway(id);
      return record === undefined ? undefined : gatewayView(record, equipmentCount(id));
    },
  };
}

const gatewayView = (record: GatewayRecord, equipmentCount: number): contract.Gateway => ({
  id: record.id,
  online: record.online,
  since: new Date(record.sinceMs).toISOString(),
  lastSeenAt: new Date(record.lastSeenMs).toISOString(),
  equipmentCount,
  watermark: record.watermark,
  provesDelivery: record.provesDelivery,
});

const unprofiled = (record: EquipmentRecord): { zh: string; en: string } =>
  record.class === GATEWAY_CLASS ? { zh: '网关', en: 'Gateway' } : { zh: '通用设备', en: 'Generic equipment' };

const faceplate = (record: EquipmentRecord, definition: EquipmentClass | undefined): string[] =>
  definition === undefined
    ? [...record.points.keys()].slice(0, FACEPLATE_POINTS)
    : definition.faceplate.filter((point) => record.points.has(point));
