// The first account. There is no default password: it is given by the installer, or made at random and printed once.
import { randomBytes, randomUUID } from 'node:crypto';
import { ConfigurationError } from '@louwei/device-profiles';
import type { Db } from '../migrations/tables.ts';
import { writeAudit } from './audit.ts';
import { passwordFault } from './core/password-rules.ts';
import type { Passwords } from './passwords.ts';

export type FirstAdmin =
  | { readonly outcome: 'exists' }
  /** `oneTimePassword` is null when the installer gave one. */
  | { readonly outcome: 'created'; readonly username: string; readonly oneTimePassword: string | null };

const USERNAME = 'admin';

/** 32 letters and digits that nobody mistakes for one another. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 100 random bits as `xxxx-xxxx-xxxx-xxxx-xxxx`. */
export function newOneTimePassword(): string {
  const letters = [...randomBytes(20)].map((byte) => ALPHABET[byte % 32]).join('');
  return (letters.match(/.{4}/g) ?? []).join('-');
}

/**
 * Creates `admin` when there is no account at all; later starts leave it as it is, whatever password is given.
 * @throws ConfigurationError for a weak password.
 */
export async function ensureFirstAdmin(
  db: Db,
  passwords: Passwords,
  given: string | undefined,
  nowMs: number,
): Promise<FirstAdmin> {
  const someone = await db.selectFrom('person').select('id').limit(1).executeTakeFirst();
  if (someone !== undefined) return { outcome: 'exists' };
  const fault = given === undefined ? null : passwordFault(given, USERNAME);
  if (fault !== null) {
    const found = '(a value not shown here)';
    throw new ConfigurationError([
      { file: 'environment', line: 0, field: 'LOUWEI_ADMIN_PASSWORD', found, expected: fault },
    ]);
  }
  const password = given ?? newOneTimePassword();
  const now = new Date(nowMs);
  const hash = await passwords.hash(password);
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('person')
      .values({
        id: randomUUID(),
        username: USERNAME,
        name: USERNAME,
        role: 'admin',
        language: 'zh-CN',
        password_hash: hash,
        must_change_password: given === undefined,
        disabled: false,
        created_at: now,
        updated_at: now,
      })
      .execute();
    await writeAudit(trx, { atMs: nowMs, actor: 'system', action: 'person-created', target: USERNAME });
  });
  return { outcome: 'created', username: USERNAME, oneTimePassword: given === undefined ? password : null };
}
