// Tables of this domain (migrations/0002_people.sql).
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Role } from '../contract/people.ts';

/** timestamptz: written as a Date, read as a Date. */
type Time = ColumnType<Date, Date, Date>;

export interface PeopleTables {
  person: {
    id: string;
    username: string;
    name: string;
    role: Role;
    language: 'zh-CN' | 'en';
    password_hash: string;
    must_change_password: boolean;
    disabled: boolean;
    created_at: Time;
    updated_at: Time;
  };
  session: {
    /** Names the session inside the server; not a secret. */
    id: string;
    /** SHA-256 of the cookie's value, hex. */
    token_hash: string;
    person_id: string;
    created_at: Time;
    last_used_at: Time;
    ends_at: Time;
    ip: string;
  };
  audit: {
    seq: Generated<number>;
    at: Time;
    actor: string;
    action: string;
    target: string | null;
    detail: JSONColumnType<Record<string, unknown>>;
    ip: string | null;
  };
}
