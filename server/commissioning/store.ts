// Rows of the configurations of gateways, and what they are to clients.
import type { ConfigurationState } from '@louwei/gateway/sparkplug';
import { sql } from 'kysely';
import type { ConfigurationVersion, DeviceEntry, GatewayConfiguration } from '../contract/commissioning.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import { desiredOf, type Version, type VersionChange } from './core/life-cycle.ts';
import { withoutSecrets } from './core/secrets.ts';
import type { ReportRow } from './tables.ts';

const HISTORY = 100;
/** The gateway has them by then, or will never have them. */
const SECRETS_NEEDED = ['sent', 'trial'];

/** Until the end of the transaction nobody else gives this gateway a version. */
export const lockGateway = (trx: Trx, gatewayId: string): Promise<unknown> =>
  trx.selectFrom('gateway').select('id').where('id', '=', gatewayId).forUpdate().executeTakeFirst();

export const versionsOf = (db: Db | Trx, gatewayId: string): Promise<Version[]> =>
  db.selectFrom('gateway_configuration').select(['version', 'state']).where('gateway_id', '=', gatewayId).execute();

export async function devicesOf(db: Db | Trx, gatewayId: string, version: number): Promise<DeviceEntry[] | undefined> {
  const row = await db
    .selectFrom('gateway_configuration')
    .select('devices')
    .where('gateway_id', '=', gatewayId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.devices;
}

export interface NewVersion {
  readonly gatewayId: string;
  readonly version: number;
  readonly devices: readonly DeviceEntry[];
  readonly author: string;
  readonly reason: string;
  readonly nowMs: number;
}

export async function insertVersion(trx: Trx, { gatewayId, devices, nowMs, ...rest }: NewVersion): Promise<void> {
  const at = new Date(nowMs);
  await trx
    .insertInto('gateway_configuration')
    .values({
      ...rest,
      gateway_id: gatewayId,
      devices: JSON.stringify(devices),
      created_at: at,
      state: 'sent',
      state_at: at,
      detail: null,
    })
    .execute();
}

export async function enterChange(
  db: Db | Trx,
  gatewayId: string,
  { version, state, detail }: VersionChange,
  nowMs: number,
): Promise<void> {
  const devices = (await devicesOf(db, gatewayId, version)) ?? [];
  await db
    .updateTable('gateway_configuration')
    .set({
      state,
      detail,
      state_at: new Date(nowMs),
      ...(SECRETS_NEEDED.includes(state) ? {} : { devices: JSON.stringify(withoutSecrets(devices)) }),
    })
    .where('gateway_id', '=', gatewayId)
    .where('version', '=', version)
    .execute();
}

export const reportOf = (row: ReportRow | undefined): ConfigurationState | undefined =>
  row === undefined
    ? undefined
    : {
        version: row.version,
        trial: row.trial,
        rolledBack:
          row.rolled_back_version === null
            ? null
            : { version: row.rolled_back_version, reason: row.rolled_back_reason ?? '' },
      };

export const loadReport = (db: Db | Trx, gatewayId: string): Promise<ReportRow | undefined> =>
  db.selectFrom('gateway_configuration_report').selectAll().where('gateway_id', '=', gatewayId).executeTakeFirst();

export async function saveReport(
  trx: Trx,
  gatewayId: string,
  report: ConfigurationState,
  nowMs: number,
): Promise<void> {
  const said = {
    version: report.version,
    trial: report.trial,
    rolled_back_version: report.rolledBack?.version ?? null,
    rolled_back_reason: report.rolledBack?.reason ?? null,
    reported_at: new Date(nowMs),
  };
  await trx
    .insertInto('gateway_configuration_report')
    .values({ gateway_id: gatewayId, ...said })
    .onConflict((conflict) => conflict.column('gateway_id').doUpdateSet(said))
    .execute();
}

export async function loadConfiguration(db: Db, gatewayId: string): Promise<GatewayConfiguration> {
  const rows = await db
    .selectFrom('gateway_configuration')
    .select(['version', 'state', 'detail', 'author', 'reason', 'created_at', 'state_at'])
    .select(sql<number>`jsonb_array_length(devices)`.as('device_count'))
    .where('gateway_id', '=', gatewayId)
    .orderBy('version', 'desc')
    .execute();
  const desired = desiredOf(rows);
  const told = await loadReport(db, gatewayId);
  const report = reportOf(told);
  return {
    latestVersion: rows[0]?.version ?? 0,
    desired:
      desired === undefined
        ? null
        : {
            version: desired.version,
            devices: withoutSecrets((await devicesOf(db, gatewayId, desired.version)) ?? []),
          },
    reported: told === undefined || report === undefined ? null : { ...report, at: told.reported_at.toISOString() },
    history: rows.slice(0, HISTORY).map(
      ({ created_at, state_at, device_count, ...row }): ConfigurationVersion => ({
        ...row,
        createdAt: created_at.toISOString(),
        stateAt: state_at.toISOString(),
        deviceCount: device_count,
      }),
    ),
  };
}
