// The configurations of gateways: a version is committed before it is sent, and what becomes of it is what the gateway says.
import { type ConfigurationState, configurationState } from '@louwei/gateway/sparkplug';
import type { EquipmentDirectory, GatewayRecord } from '../assets/directory.ts';
import type { DeviceEntry, GatewayConfiguration } from '../contract/commissioning.ts';
import type { Db } from '../migrations/tables.ts';
import { writeAudit } from '../people/audit.ts';
import { ProblemError } from '../platform/http/route.ts';
import type { Logger } from '../platform/log.ts';
import { changesOf, desiredOf, isDue, nextVersion } from './core/life-cycle.ts';
import { knownGateway, problemOf } from './refusals.ts';
import { type Requests, requireCarriable } from './requests.ts';
import {
  devicesOf,
  enterChange,
  insertVersion,
  loadConfiguration,
  loadReport,
  lockGateway,
  reportOf,
  saveReport,
  versionsOf,
} from './store.ts';

export interface Actor {
  readonly username: string;
  readonly ip: string;
}

export interface Change {
  readonly baseVersion: number;
  readonly devices: readonly DeviceEntry[];
  readonly reason: string;
}

export interface Configurations {
  read(gatewayId: string): Promise<GatewayConfiguration>;
  /** @throws ProblemError 404, 409 when there is a newer version, 422 with the gateway's faults. */
  save(gatewayId: string, change: Change, actor: Actor): Promise<GatewayConfiguration>;
  /** The devices of an earlier version as a new one. */
  restore(
    gatewayId: string,
    version: number,
    change: Omit<Change, 'devices'>,
    actor: Actor,
  ): Promise<GatewayConfiguration>;
  /** Text of a CONFIGURATION metric. */
  reported(gatewayId: string, text: string): Promise<void>;
}

export interface ConfigurationsOptions {
  readonly db: Db;
  readonly directory: Pick<EquipmentDirectory, 'gateway'>;
  readonly requests: Pick<Requests, 'ask'>;
  readonly now: () => number;
  readonly log: Logger;
}

/** Stale: it runs this version or a newer one, and says so in its report. */
const NOT_FINAL: readonly string[] = ['busy', 'expired', 'stale-version'];

export function createConfigurations({ db, directory, requests, now, log }: ConfigurationsOptions): Configurations {
  /** Versions on their way, so that a report that comes meanwhile does not send them twice. */
  const sending = new Set<string>();

  async function send(
    gateway: GatewayRecord,
    { version, devices, first }: { version: number; devices: readonly DeviceEntry[]; first: boolean },
  ): Promise<void> {
    const key = `${gateway.id}#${version}`;
    if (sending.has(key)) return;
    sending.add(key);
    try {
      const told = await requests.ask(gateway, { method: 'configure', version, devices: [...devices] });
      if (told.ok) return;
      // A version that was in force is not wrong because the gateway does not let itself be configured at the moment.
      const final = first ? !NOT_FINAL.includes(told.code) : told.code === 'invalid';
      if (final) await enterChange(db, gateway.id, { version, state: 'refused', detail: told.detail }, now());
      throw problemOf(told);
    } finally {
      sending.delete(key);
    }
  }

  async function save(gatewayId: string, change: Change, { username, ip }: Actor): Promise<GatewayConfiguration> {
    const gateway = knownGateway(directory, gatewayId);
    const { baseVersion, devices, reason } = change;
    requireCarriable({ method: 'configure', version: 1, devices: [...devices] });
    const version = await db.transaction().execute(async (trx) => {
      await lockGateway(trx, gatewayId);
      const versions = await versionsOf(trx, gatewayId);
      const latest = Math.max(0, ...versions.map((one) => one.version));
      if (latest !== baseVersion)
        throw new ProblemError(
          409,
          'conflict',
          `somebody saved version ${latest}; this change is based on ${baseVersion}`,
        );
      const given = nextVersion(versions, reportOf(await loadReport(trx, gatewayId)));
      await insertVersion(trx, { gatewayId, version: given, devices, author: username, reason, nowMs: now() });
      const detail = { version: given, baseVersion, reason, devices: devices.map(({ id }) => id) };
      await writeAudit(trx, {
        atMs: now(),
        actor: username,
        action: 'gateway-configured',
        target: gatewayId,
        detail,
        ip,
      });
      return given;
    });
    if (gateway.online)
      await send(gateway, { version, devices, first: true }).catch((error: unknown) => {
        // Saved, and given again when the gateway shows up: not an error of this request.
        if (!(error instanceof ProblemError) || error.status < 503) throw error;
        log.warn(
          { gatewayId, version, reason: error.message },
          'configuration saved, the gateway has not taken it yet',
        );
      });
    return loadConfiguration(db, gatewayId);
  }

  async function enterReport(gatewayId: string, report: ConfigurationState): Promise<void> {
    const desired = await db.transaction().execute(async (trx) => {
      await lockGateway(trx, gatewayId);
      const versions = await versionsOf(trx, gatewayId);
      await saveReport(trx, gatewayId, report, now());
      for (const change of changesOf(versions, report)) {
        await enterChange(trx, gatewayId, change, now());
        const detail = { ...change };
        await writeAudit(trx, {
          atMs: now(),
          actor: 'system',
          action: `gateway-configuration-${change.state}`,
          target: gatewayId,
          detail,
        });
      }
      return desiredOf(await versionsOf(trx, gatewayId));
    });
    const gateway = directory.gateway(gatewayId);
    if (gateway === undefined || !isDue(desired, report)) return;
    const devices = await devicesOf(db, gatewayId, desired.version);
    if (devices === undefined) return;
    log.info(
      { gatewayId, version: desired.version, runs: report.version },
      'the gateway is given its configuration again',
    );
    await send(gateway, { version: desired.version, devices, first: false });
  }

  return {
    read: async (gatewayId) => {
      knownGateway(directory, gatewayId);
      return loadConfiguration(db, gatewayId);
    },
    save,
    async restore(gatewayId, version, { baseVersion, reason }, actor) {
      knownGateway(directory, gatewayId);
      const devices = await devicesOf(db, gatewayId, version);
      if (devices === undefined)
        throw new ProblemError(404, 'not-found', `${gatewayId} never had a version ${version}`);
      return save(gatewayId, { baseVersion, devices, reason }, actor);
    },
    async reported(gatewayId, text) {
      const report = readReport(text);
      if (report === undefined) log.warn({ gatewayId }, 'what the gateway says of its configuration is not understood');
      else await enterReport(gatewayId, report);
    },
  };
}

function readReport(text: string): ConfigurationState | undefined {
  try {
    return configurationState.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
