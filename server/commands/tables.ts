// Table of remote commands (migrations/0012_commands.sql).
import type { ColumnType, Generated, Selectable } from 'kysely';
import type { CommandState } from '../contract/commands.ts';

type Time = ColumnType<Date, Date, Date>;

export interface CommandTables {
  command: {
    id: string;
    seq: Generated<number>;
    equipment_id: string;
    point: string;
    value: number;
    value_before: number | null;
    reason: string;
    requested_by: string;
    requested_at: Time;
    request_id: string | null;
    two_persons: boolean;
    approved_by: string | null;
    sent_at: Time | null;
    expires_at: Time | null;
    deadline_at: Time;
    state: CommandState;
    outcome_code: string | null;
    outcome: string | null;
    read_back: number | null;
    ended_at: Time | null;
  };
}
export type CommandRow = Selectable<CommandTables['command']>;
