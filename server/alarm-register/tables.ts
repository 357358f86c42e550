// Tables of this domain (migrations/0008_alarm_health.sql).
import type { ColumnType } from 'kysely';

/** date: read as a Date by the driver, so queries select it as text; written as `YYYY-MM-DD`. */
type Day = ColumnType<string | null, string | null, string | null>;

export interface AlarmRegisterTables {
  alarm_review: {
    class: string;
    alarm: string;
    owner: string | null;
    reviewed_on: Day;
    approved_by: string | null;
    review_due: Day;
    updated_by: string;
    updated_at: Date;
  };
}
