// Signing in where there is no cookie (OPC UA): the same accounts, the same slowing down, the same record as at the
// dashboard's door. What the person may do is asked again at every call, so that a revoked right counts at once.
import type { Caller } from '../platform/http/route.ts';
import { findByUsername, type PersonRow } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { PeopleContext } from './context.ts';
import { addressKey } from './core/address.ts';
import { namedActor } from './core/username.ts';
import { createThrottle } from './throttle.ts';

export interface OtherDoor {
  /** @param door how it is called in the record, e.g. `opc-ua`. @returns null when refused, for whatever reason. */
  signInOnce(door: string, username: string, password: string, ip: string): Promise<Caller | null>;
  /** Present rights of somebody who signed in before; null when the account is disabled or gone. */
  callerOf(username: string): Promise<Caller | null>;
}

export function createOtherDoor({ db, now, log, passwords }: PeopleContext): OtherDoor {
  const throttle = createThrottle();
  const callerFrom = (row: PersonRow): Caller => ({
    personId: row.id,
    username: row.username,
    role: row.role,
    sessionId: '',
  });

  return {
    async signInOnce(door, username, password, ip) {
      const account = username.trim().toLowerCase();
      const waitMs = throttle.attempt(account, addressKey(ip), now());
      if (waitMs > 0) {
        log.warn({ account: namedActor(account), ip, door, waitMs }, 'sign-in slowed down');
        return null;
      }
      const row = await findByUsername(db, account);
      const right = await passwords.verify(row?.password_hash ?? null, password);
      // A password that somebody else set is only good for changing it at the dashboard.
      const refused = row === undefined || !right || row.disabled || row.must_change_password;
      if (refused) {
        const detail = {
          door,
          ...(right && row?.must_change_password === true ? { why: 'must change password' } : {}),
        };
        await writeAudit(db, { atMs: now(), actor: namedActor(account), action: 'sign-in-failed', detail, ip });
        return null;
      }
      throttle.succeeded(account, addressKey(ip));
      await writeAudit(db, { atMs: now(), actor: account, action: 'sign-in', detail: { door }, ip });
      return callerFrom(row);
    },
    async callerOf(username) {
      const row = await findByUsername(db, username.trim().toLowerCase());
      return row === undefined || row.disabled || row.must_change_password ? null : callerFrom(row);
    },
  };
}
