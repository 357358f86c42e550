// Tables of ingest (migrations/0005_ingest.sql).
import type { Generated } from 'kysely';

export interface IngestTables {
  mqtt_account: {
    username: string;
    role: 'gateway' | 'server' | 'reader';
    group_id: string;
    node_id: string;
    secret_hash: string;
    disabled: Generated<boolean>;
    created_at: Date;
  };
  delivery_gap: {
    gateway_id: string;
    epoch: number;
    first_seq: number;
    last_seq: number;
    reason: 'gateway-dropped' | 'epoch-changed' | 'rejected';
    detail: string;
    noticed_at: Date;
  };
}
