// Tables of this domain (migrations/0009_outward.sql).
import type { ColumnType, Generated } from 'kysely';
import type { OutwardEvent, WebhookFilter } from '../contract/outward.ts';

type Json<T> = ColumnType<T, string, string>;

export interface OutwardTables {
  webhook: {
    id: string;
    url: string;
    secret: string;
    enabled: boolean;
    filter: Json<WebhookFilter>;
    created_by: string;
    created_at: Date;
    delivered_seq: number | null;
    delivered_at: Date | null;
    last_error: string | null;
    last_error_at: Date | null;
  };
  outward_delivery: {
    destination: string;
    seq: number;
    body: Json<OutwardEvent>;
    at: Date;
    attempts: Generated<number>;
    next_at: Date | null;
    failed_at: Date | null;
    last_error: string | null;
  };
}
