// Tables of this domain (migrations/0008_alarm_health.sql).
import type { JSONColumnType } from 'kysely';
import type { OperatingPosition } from '../contract/alarm-health.ts';

export interface AlarmHealthTables {
  operating_position: {
    id: string;
    place: number;
    name_zh: string;
    name_en: string;
    covers: JSONColumnType<OperatingPosition['covers']>;
  };
}
