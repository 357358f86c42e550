// Accounts of the embedded broker. Secrets are 256 random bits, so one SHA-256 is enough (nothing to guess), compared in
// constant time; the clear secret exists only in the gateway's own file, or in the server's memory.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatewayIdOf, HOME_GROUP } from '../assets/core/identity.ts';
import type { Db } from '../migrations/tables.ts';
import type { BrokerAccess } from '../platform/broker/access.ts';
import { type MqttPrincipal, mayPublish, maySubscribe } from './core/acl.ts';

export interface MqttCredentials {
  readonly username: string;
  readonly password: string;
}

const SERVER_USERNAME = 'louwei-server';
const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const newSecret = (): string => randomBytes(32).toString('base64url');
/** Compared against when there is no such account, so that both cases take the same time. */
const NOBODY = hash(newSecret());

export interface MqttAccounts {
  readonly access: BrokerAccess<MqttPrincipal>;
  /** Of this process; made anew at every start and never written down. */
  readonly server: MqttCredentials;
}

export function createMqttAccounts(db: Db): MqttAccounts {
  const server: MqttCredentials = { username: SERVER_USERNAME, password: newSecret() };
  const serverHash = hash(server.password);

  const access: BrokerAccess<MqttPrincipal> = {
    async authenticate({ username, password }) {
      if (username === undefined || password === undefined) return { outcome: 'refused' };
      const secret = Buffer.from(password).toString('utf8');
      if (username === SERVER_USERNAME)
        return isSecret(secret, serverHash)
          ? { outcome: 'accepted', principal: { role: 'server', username } }
          : { outcome: 'refused' };
      const row = await db
        .selectFrom('mqtt_account')
        .selectAll()
        .where('username', '=', username)
        .where('disabled', '=', false)
        .executeTakeFirst();
      if (!isSecret(secret, row?.secret_hash ?? NOBODY) || row === undefined) return { outcome: 'refused' };
      const { role, group_id: group, node_id: node } = row;
      return {
        outcome: 'accepted',
        principal: role === 'gateway' ? { role, username, group, node } : { role, username },
      };
    },
    mayPublish,
    maySubscribe,
    accountName: (principal) => principal.username,
  };
  return { access, server };
}

/** Where the credentials of a gateway on this machine lie. */
export const gatewaySecretFile = (dataDir: string, gatewayId: string): string =>
  join(dataDir, 'secrets', `gateway-${encodeURIComponent(gatewayId)}.json`);

/**
 * Makes sure the gateway has an account and its credentials lie in `<dataDir>/secrets/gateway-<id>.json` (mode 0600).
 * A file that is lost or not understood is made anew with a new secret; the old one is of no use then.
 */
export async function ensureGatewayAccount(
  db: Db,
  dataDir: string,
  gateway: { readonly group?: string; readonly node: string },
): Promise<MqttCredentials & { readonly file: string }> {
  const { group = HOME_GROUP, node } = gateway;
  const username = gatewayIdOf(group, node);
  return ensureAccount(db, { username, role: 'gateway', group, node }, gatewaySecretFile(dataDir, username));
}

/** An account that may only subscribe to alarms; its credentials lie in `<dataDir>/secrets/mqtt-reader-<name>.json`. */
export const ensureReaderAccount = (db: Db, dataDir: string, name: string): Promise<Account> =>
  ensureAccount(
    db,
    { username: `reader-${name}`, role: 'reader', group: '', node: '' },
    join(dataDir, 'secrets', `mqtt-reader-${name}.json`),
  );

type Account = MqttCredentials & { readonly file: string };

async function ensureAccount(
  db: Db,
  account: {
    readonly username: string;
    readonly role: 'gateway' | 'reader';
    readonly group: string;
    readonly node: string;
  },
  file: string,
): Promise<Account> {
  const { username, role, group, node } = account;
  const kept = readCredentials(file);
  const password = kept?.username === username ? kept.password : newSecret();
  const secret_hash = hash(password);
  const written = await db
    .insertInto('mqtt_account')
    .values({ username, role, group_id: group, node_id: node, secret_hash, created_at: new Date() })
    .onConflict((conflict) =>
      conflict.column('username').doUpdateSet({ secret_hash }).where('mqtt_account.role', '=', role),
    )
    .executeTakeFirst();
  if (written.numInsertedOrUpdatedRows !== 1n)
    throw new Error(`MQTT account ${username}: found one of another kind, expected none or a ${role}'s`);
  if (password !== kept?.password) writeSecret(file, JSON.stringify({ username, password }, undefined, 2));
  return { username, password, file };
}

function isSecret(secret: string, expectedHash: string): boolean {
  const [given, expected] = [Buffer.from(hash(secret), 'hex'), Buffer.from(expectedHash, 'hex')];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function readCredentials(file: string): MqttCredentials | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('username' in value) || !('password' in value))
      return undefined;
    const { username, password } = value;
    return typeof username === 'string' && typeof password === 'string' && password.length >= 32
      ? { username, password }
      : undefined;
  } catch {
    return undefined;
  }
}

function writeSecret(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  // The mode of writeFileSync counts only for files it creates.
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
