// The database as TypeScript sees it: each domain describes its own tables, this file puts them together.
import type { Kysely, Transaction } from 'kysely';
import type { AlarmHealthTables } from '../alarm-health/tables.ts';
import type { AlarmRegisterTables } from '../alarm-register/tables.ts';
import type { AlarmTables } from '../alarms/tables.ts';
import type { AssetTables } from '../assets/tables.ts';
import type { CommandTables } from '../commands/tables.ts';
import type { CommissioningTables } from '../commissioning/tables.ts';
import type { IngestTables } from '../ingest/tables.ts';
import type { OutwardTables } from '../outward/tables.ts';
import type { PeopleTables } from '../people/tables.ts';
import type { TelemetryTables } from '../telemetry/tables.ts';
import type { WorkOrderTables } from '../work-orders/tables.ts';

export interface Tables
  extends AssetTables,
    CommandTables,
    CommissioningTables,
    TelemetryTables,
    IngestTables,
    AlarmTables,
    AlarmHealthTables,
    AlarmRegisterTables,
    WorkOrderTables,
    PeopleTables,
    OutwardTables {}

export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;
