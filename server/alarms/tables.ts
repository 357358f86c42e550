// Tables of this domain (migrations/0003_alarms.sql, 0006_out_of_service.sql, 0010_alarm_settings.sql).
import type { ColumnType, Generated } from 'kysely';
import type { OutOfService, Shelf } from './core/facts.ts';
import type { FieldChange, Settings } from './core/settings.ts';

/** jsonb of a number or a text: written as JSON text, because the driver would send a bare text that is no JSON. */
type JsonValue = ColumnType<number | string | null, string | null, string | null>;

export interface AlarmTables {
  alarm: {
    id: string;
    equipment_id: string;
    alarm: string;
    definition: string;
    priority: number;
    state: string;
    cond: boolean;
    acked: boolean;
    latched: boolean;
    shelf: Shelf | null;
    suppressed_by: string[];
    oos: OutOfService | null;
    uncertain: boolean;
    activation_seq: number;
    re_alarms: number;
    chattering: boolean;
    activations: number;
    unacknowledged_since: Date | null;
    overdue_seq: number;
    first_out: boolean;
    opened_at: Date;
    active_at: Date;
    detected_at: Date;
    cleared_at: Date | null;
    acknowledged_at: Date | null;
    acknowledged_by: string | null;
    work_order_id: string | null;
    value: JsonValue;
    point: string | null;
    unit: string | null;
    limit_value: number | null;
    text_zh: string;
    text_en: string;
    closed_at: Date | null;
  };
  alarm_pending: {
    equipment_id: string;
    alarm: string;
    since: Date;
    source_time: Date;
    value: JsonValue;
  };
  alarm_out_of_service: {
    equipment_id: string;
    alarm: string;
    actor: string;
    reason: string;
    reference: string;
    review_at: Date;
    since: Date;
  };
  alarm_journal: {
    seq: Generated<number>;
    event: string;
    alarm_id: string | null;
    equipment_id: string | null;
    alarm: string | null;
    priority: number | null;
    actor: string;
    source_time: Date;
    server_time: Date;
    value: JsonValue;
    note: string | null;
    change: object;
  };
  alarm_setting_change: {
    equipment_id: string;
    version: number;
    at: Date;
    actor: string;
    reason: string;
    undoes: number | null;
    changes: ColumnType<readonly FieldChange[], string, never>;
    settings: ColumnType<Settings, string, never>;
  };
  alarm_alive: { id: Generated<boolean>; alive_at: Date };
}
