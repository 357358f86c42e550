// Tables of the equipment register (migrations/0001_foundation.sql).
import type { ColumnType, Generated } from 'kysely';

/** timestamptz: written as a Date, read as a Date. */
type Time = ColumnType<Date, Date, Date>;
/** bigint: pg reads it as text; the database layer parses it into a number (all of ours stay below 2^53). */
type BigInt53 = number;

export interface AssetTables {
  gateway: {
    id: string;
    group_id: string;
    node_id: string;
    online: boolean;
    since: Time;
    last_seen_at: Time;
    watermark_epoch: BigInt53;
    watermark_seq: BigInt53;
    proves_delivery: boolean;
  };
  equipment: {
    id: string;
    gateway_id: string;
    device_id: string;
    class: string;
    model: string;
    name_zh: string;
    name_en: string;
    site: string;
    building: string;
    floor: string;
    room: string;
    connection: string;
    bus: Generated<string>;
    online: boolean;
    offline_since: Time | null;
    created_at: Time;
    updated_at: Time;
  };
  equipment_feed: {
    feeder_id: string;
    fed_id: string;
    medium: string;
    entered_by: string;
    entered_at: Time;
  };
  point: {
    id: Generated<number>;
    equipment_id: string;
    name: string;
    data_type: string;
  };
}
