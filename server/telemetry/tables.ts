// Tables of readings (migrations/0001_foundation.sql, 0005_ingest.sql).

export interface TelemetryTables {
  sample: {
    point_id: number;
    time: Date;
    /** Identity of the gateway's outbox. */
    epoch: number;
    /** Place in that outbox's stream. */
    seq: number;
    /** Numbers, and states as 0 and 1. */
    value: number | null;
    text: string | null;
    /** Code of device-profiles' QUALITY_CODES. */
    quality: number;
    device_time: Date | null;
    received_at: Date;
  };
  clock_suspect: {
    point_id: number;
    epoch: number;
    seq: number;
    stated_time: Date;
    stored_time: Date;
  };
}
