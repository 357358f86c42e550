// Tables of commissioning (migrations/0013_gateway_configuration.sql).
import type { ColumnType, Selectable } from 'kysely';
import type { ConfigurationStateName, DeviceEntry } from '../contract/commissioning.ts';

type Time = ColumnType<Date, Date, Date>;

export interface CommissioningTables {
  signing_key: { id: string; private_key: Buffer; public_key: Buffer; created_at: Time };
  gateway_configuration: {
    gateway_id: string;
    version: number;
    devices: ColumnType<DeviceEntry[], string, string>;
    author: string;
    reason: string;
    created_at: Time;
    state: ConfigurationStateName;
    detail: string | null;
    state_at: Time;
  };
  gateway_configuration_report: {
    gateway_id: string;
    version: number;
    trial: boolean;
    rolled_back_version: number | null;
    rolled_back_reason: string | null;
    reported_at: Time;
  };
}
export type ReportRow = Selectable<CommissioningTables['gateway_configuration_report']>;
