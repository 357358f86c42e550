// The equipment register of a rehearsal: the cast of a timeline with all points of its classes, and nothing in a database.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { EquipmentDirectory, EquipmentRecord, GatewayRecord } from '../../assets/directory.ts';
import { COMM_POINT } from '../core/rules/comm-loss.ts';
import type { Cast } from './stage.ts';

const GATEWAY_CLASS = 'gateway';

export function memoryDirectory(cast: Cast, classes: ReadonlyMap<string, EquipmentClass>): EquipmentDirectory {
  let points = 0;
  const gateways = new Map<string, GatewayRecord>();
  const equipment = new Map<string, EquipmentRecord>();
  const add = (id: string, kind: string, gatewayId: string, deviceId: string, bus = ''): void => {
    const names = new Set([...Object.keys(classes.get(kind)?.points ?? {}), COMM_POINT]);
    equipment.set(id, {
      id,
      gatewayId,
      deviceId,
      class: kind,
      model: '',
      name: { zh: id, en: id },
      place: { site: '', building: '', floor: '', room: '' },
      connection: '',
      bus,
      online: true,
      offlineSinceMs: null,
      points: new Map(
        [...names].map((name) => [name, { pointId: ++points, equipmentId: id, name, dataType: 'Double' }] as const),
      ),
    });
  };
  for (const [id, { class: kind, gatewayId, bus }] of cast) {
    add(id, kind, gatewayId, id, bus);
    if (gateways.has(gatewayId)) continue;
    add(gatewayId, GATEWAY_CLASS, gatewayId, '');
    gateways.set(gatewayId, {
      id: gatewayId,
      group: 'rehearsal',
      node: gatewayId,
      online: true,
      sinceMs: 0,
      lastSeenMs: 0,
      watermark: { epoch: 0, seq: 0 },
      provesDelivery: true,
    });
  }
  return {
    equipment: (id) => equipment.get(id),
    all: () => equipment.values(),
    gateway: (id) => gateways.get(id),
    gateways: () => gateways.values(),
    onChange: () => {},
  };
}
