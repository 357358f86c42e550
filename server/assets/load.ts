// Reads the whole register from the database.
import type { Db } from '../migrations/tables.ts';
import type { EquipmentRecord, GatewayRecord, PointRecord } from './directory.ts';
import type { Draft } from './draft.ts';

export async function loadRegister(db: Db, draft: Draft): Promise<void> {
  const [gateways, equipment, points] = await Promise.all([
    db.selectFrom('gateway').selectAll().execute(),
    db.selectFrom('equipment').selectAll().execute(),
    db.selectFrom('point').selectAll().execute(),
  ]);
  const pointsOf = new Map<string, Map<string, PointRecord>>();
  for (const row of points) {
    const ofEquipment = pointsOf.get(row.equipment_id) ?? new Map<string, PointRecord>();
    ofEquipment.set(row.name, {
      pointId: row.id,
      equipmentId: row.equipment_id,
      name: row.name,
      dataType: row.data_type,
    });
    pointsOf.set(row.equipment_id, ofEquipment);
  }
  for (const row of gateways) {
    const record: GatewayRecord = {
      id: row.id,
      group: row.group_id,
      node: row.node_id,
      online: row.online,
      sinceMs: row.since.getTime(),
      lastSeenMs: row.last_seen_at.getTime(),
      watermark: { epoch: row.watermark_epoch, seq: row.watermark_seq },
      provesDelivery: row.proves_delivery,
    };
    draft.putGateway(record);
  }
  for (const row of equipment) {
    const record: EquipmentRecord = {
      id: row.id,
      gatewayId: row.gateway_id,
      deviceId: row.device_id,
      class: row.class,
      model: row.model,
      name: { zh: row.name_zh, en: row.name_en },
      place: { site: row.site, building: row.building, floor: row.floor, room: row.room },
      connection: row.connection,
      bus: row.bus,
      online: row.online,
      offlineSinceMs: row.offline_since?.getTime() ?? null,
      points: pointsOf.get(row.id) ?? new Map(),
    };
    draft.put(record);
  }
  draft.adopt();
}
