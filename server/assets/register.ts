// The equipment register: filled from births, kept in the database, answered from memory. Every method that takes a
// transaction changes the draft only; adopt() after its commit, discard() after its rollback.
import { sql } from 'kysely';
import type { Db, Trx } from '../migrations/tables.ts';
import { type BirthProperties, describe, equipmentIdCandidates, gatewayIdOf } from './core/identity.ts';
import type { EquipmentDirectory, EquipmentRecord, GatewayRecord, PointRecord } from './directory.ts';
import { createRegisterMemory } from './draft.ts';
import { loadRegister } from './load.ts';

export interface PointDeclaration {
  readonly name: string;
  readonly type: string;
}

export interface Birth {
  readonly gatewayId: string;
  /** Empty for the gateway's own record. */
  readonly deviceId: string;
  readonly properties: BirthProperties;
  readonly points: readonly PointDeclaration[];
}

export interface GatewayProgress {
  readonly gatewayId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly lastSeenMs: number;
}

export interface EquipmentRegister {
  readonly directory: EquipmentDirectory;
  load(db: Db): Promise<void>;
  /** As the open transaction sees it. */
  drafted(gatewayId: string, deviceId: string): EquipmentRecord | undefined;
  draftedGateway(gatewayId: string): GatewayRecord | undefined;
  registerGateway(
    trx: Trx,
    gateway: { readonly group: string; readonly node: string; readonly provesDelivery: boolean },
    nowMs: number,
  ): Promise<GatewayRecord>;
  registerBirth(trx: Trx, birth: Birth, nowMs: number): Promise<EquipmentRecord>;
  /** Adds points that came without a birth (backlog of equipment that is no longer configured). */
  addPoints(trx: Trx, equipmentId: string, points: readonly PointDeclaration[]): Promise<EquipmentRecord>;
  /** @returns true when that is news. A gateway that goes takes its equipment with it. */
  setGatewayOnline(trx: Trx, gatewayId: string, online: boolean, timeMs: number): Promise<boolean>;
  setEquipmentOnline(trx: Trx, equipmentId: string, online: boolean, timeMs: number): Promise<void>;
  /** Moves watermarks forward, never back. */
  advance(trx: Trx, progress: readonly GatewayProgress[]): Promise<void>;
  adopt(): void;
  discard(): void;
}

export function createRegister(isKnownClass: (name: string) => boolean): EquipmentRegister {
  const { directory, draft } = createRegisterMemory();

  const must = (id: string): EquipmentRecord => {
    const record = draft.equipment(id);
    if (record === undefined) throw new Error(`equipment ${id} is not in the register`);
    return record;
  };

  async function addPoints(
    trx: Trx,
    equipmentId: string,
    points: readonly PointDeclaration[],
  ): Promise<EquipmentRecord> {
    const record = must(equipmentId);
    const changed = points.filter((point) => record.points.get(point.name)?.dataType !== point.type);
    if (changed.length === 0) return record;
    const rows = await trx
      .insertInto('point')
      .values(changed.map((point) => ({ equipment_id: equipmentId, name: point.name, data_type: point.type })))
      .onConflict((conflict) =>
        conflict.columns(['equipment_id', 'name']).doUpdateSet((set) => ({ data_type: set.ref('excluded.data_type') })),
      )
      .returningAll()
      .execute();
    const all = new Map<string, PointRecord>(record.points);
    for (const row of rows)
      all.set(row.name, { pointId: row.id, equipmentId, name: row.name, dataType: row.data_type });
    const next = { ...record, points: all };
    draft.put(next);
    return next;
  }

  return {
    directory,
    load: (db) => loadRegister(db, draft),
    drafted: draft.byDevice,
    draftedGateway: draft.gateway,
    adopt: draft.adopt,
    discard: draft.discard,
    addPoints,

    async registerGateway(trx, { group, node, provesDelivery }, nowMs) {
      const id = gatewayIdOf(group, node);
      const known = draft.gateway(id);
      if (known !== undefined && known.provesDelivery === provesDelivery) return known;
      const now = new Date(nowMs);
      await trx
        .insertInto('gateway')
        .values({
          id,
          group_id: group,
          node_id: node,
          online: false,
          since: now,
          last_seen_at: now,
          watermark_epoch: 0,
          watermark_seq: 0,
          proves_delivery: provesDelivery,
        })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ proves_delivery: provesDelivery }))
        .execute();
      const record: GatewayRecord = {
        id,
        group,
        node,
        online: known?.online ?? false,
        sinceMs: known?.sinceMs ?? nowMs,
        lastSeenMs: nowMs,
        watermark: known?.watermark ?? { epoch: 0, seq: 0 },
        provesDelivery,
      };
      draft.putGateway(record);
      return record;
    },

    async registerBirth(trx, birth, nowMs) {
      const { gatewayId, deviceId } = birth;
      const known = draft.byDevice(gatewayId, deviceId);
      const id =
        known?.id ?? equipmentIdCandidates(gatewayId, deviceId).find((free) => draft.equipment(free) === undefined);
      if (id === undefined) throw new Error(`no free equipment id for device "${deviceId}" of gateway ${gatewayId}`);
      const description = describe(id, deviceId, birth.properties, isKnownClass);
      if (known === undefined || !sameDescription(known, description)) {
        const { class: className, model, name, place, connection, bus } = description;
        const fields = { class: className, model, name_zh: name.zh, name_en: name.en, ...place, connection, bus };
        await trx
          .insertInto('equipment')
          .values({
            id,
            gateway_id: gatewayId,
            device_id: deviceId,
            ...fields,
            online: known?.online ?? false,
            offline_since: null,
            created_at: new Date(nowMs),
            updated_at: new Date(nowMs),
          })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...fields, updated_at: new Date(nowMs) }))
          .execute();
        draft.put({
          id,
          gatewayId,
          deviceId,
          ...description,
          online: known?.online ?? false,
          offlineSinceMs: known?.offlineSinceMs ?? null,
          points: known?.points ?? new Map(),
        });
      }
      return addPoints(trx, id, birth.points);
    },

    async setGatewayOnline(trx, gatewayId, online, timeMs) {
      const record = draft.gateway(gatewayId);
      if (record === undefined || record.online === online) return false;
      await trx
        .updateTable('gateway')
        .set({ online, since: new Date(timeMs), last_seen_at: new Date(timeMs) })
        .where('id', '=', gatewayId)
        .execute();
      draft.putGateway({ ...record, online, sinceMs: timeMs, lastSeenMs: timeMs });
      if (online) {
        const own = draft.byDevice(gatewayId, '');
        if (own !== undefined) await this.setEquipmentOnline(trx, own.id, true, timeMs);
        return true;
      }
      const lost = draft.ofGateway(gatewayId).filter((equipment) => equipment.online);
      if (lost.length === 0) return true;
      await trx
        .updateTable('equipment')
        .set({ online: false, offline_since: new Date(timeMs) })
        .where('gateway_id', '=', gatewayId)
        .where('online', '=', true)
        .execute();
      for (const equipment of lost) draft.put({ ...equipment, online: false, offlineSinceMs: timeMs });
      return true;
    },

    async setEquipmentOnline(trx, equipmentId, online, timeMs) {
      const record = must(equipmentId);
      if (record.online === online) return;
      const offlineSinceMs = online ? null : timeMs;
      await trx
        .updateTable('equipment')
        .set({ online, offline_since: offlineSinceMs === null ? null : new Date(offlineSinceMs) })
        .where('id', '=', equipmentId)
        .execute();
      draft.put({ ...record, online, offlineSinceMs });
    },

    async advance(trx, progress) {
      if (progress.length === 0) return;
      const column = (pick: (one: GatewayProgress) => number | string): (number | string)[] => progress.map(pick);
      await sql`
        UPDATE gateway SET
          last_seen_at = to_timestamp(new.seen),
          watermark_epoch = CASE WHEN (watermark_epoch, watermark_seq) < (new.epoch, new.seq) THEN new.epoch ELSE watermark_epoch END,
          watermark_seq = CASE WHEN (watermark_epoch, watermark_seq) < (new.epoch, new.seq) THEN new.seq ELSE watermark_seq END
        FROM unnest(
          ${column((one) => one.gatewayId)}::text[], ${column((one) => one.epoch)}::bigint[],
          ${column((one) => one.seq)}::bigint[], ${column((one) => one.lastSeenMs / 1000)}::float8[]
        ) AS new (id, epoch, seq, seen)
        WHERE gateway.id = new.id`.execute(trx);
      for (const { gatewayId, epoch, seq, lastSeenMs } of progress) {
        const record = draft.gateway(gatewayId);
        if (record === undefined) continue;
        const { watermark } = record;
        const ahead = epoch > watermark.epoch || (epoch === watermark.epoch && seq > watermark.seq);
        draft.putGateway({ ...record, lastSeenMs, ...(ahead ? { watermark: { epoch, seq } } : {}) });
      }
    },
  };
}

function sameDescription(record: EquipmentRecord, description: ReturnType<typeof describe>): boolean {
  const { class: className, model, name, place, connection, bus } = description;
  return (
    record.class === className &&
    record.model === model &&
    record.name.zh === name.zh &&
    record.name.en === name.en &&
    record.connection === connection &&
    record.bus === bus &&
    record.place.site === place.site &&
    record.place.building === place.building &&
    record.place.floor === place.floor &&
    record.place.room === place.room
  );
}
