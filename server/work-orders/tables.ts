// Tables of this domain (migrations/0004_work_orders.sql).
import type { Generated } from 'kysely';

export interface WorkOrderTables {
  work_order: {
    id: string;
    number: string;
    kind: 'emergency' | 'urgent' | 'repair';
    state: string;
    priority: number;
    title_zh: string;
    title_en: string;
    description_zh: string;
    description_en: string;
    checklist: { readonly zh: readonly string[]; readonly en: readonly string[] };
    equipment_id: string | null;
    equipment_name_zh: string | null;
    equipment_name_en: string | null;
    site: string;
    building: string;
    floor: string;
    room: string;
    failure_class: string | null;
    skill: string;
    assignee: string | null;
    created_at: Date;
    created_by: string;
    updated_at: Date;
    version: number;
  };
  work_order_journal: {
    seq: Generated<number>;
    work_order_id: string;
    step: string;
    from_state: string | null;
    to_state: string;
    actor: string;
    at: Date;
    client_time: Date | null;
    assignee: string | null;
    reason: string | null;
    note: string | null;
    request_id: string | null;
  };
  work_order_alarm: { work_order_id: string; alarm_id: string; linked_at: Date };
}
