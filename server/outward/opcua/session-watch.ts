// Ends the sessions of accounts that were disabled, lost the right to see alarms, or got a new password from an admin:
// a subscription would go on for ever otherwise.
import { type OPCUAServer, type ServerSession, UserNameIdentityToken } from 'node-opcua';
import type { OutwardContext } from '../port.ts';

const LOOK_EVERY_MS = 15_000;

export function createSessionWatch(
  server: OPCUAServer,
  { people, log }: Pick<OutwardContext, 'people' | 'log'>,
): { stop(): void } {
  const sessions = new Map<ServerSession, string>();
  server.on('session_activated', (session, token) => {
    if (token instanceof UserNameIdentityToken) sessions.set(session, token.userName ?? '');
  });
  server.on('session_closed', (session) => void sessions.delete(session));

  async function look(): Promise<void> {
    for (const [session, username] of sessions) {
      const caller = await people.callerOf(username);
      if (caller !== null && people.permits(caller, 'alarm:read')) continue;
      sessions.delete(session);
      log.info({ username }, 'OPC UA session ended: the account may not see alarms any more');
      server.engine.closeSession(session.authenticationToken, true, 'Terminated');
    }
  }

  const timer = setInterval(() => {
    look().catch((error: unknown) => log.warn({ err: error }, 'could not look at OPC UA sessions'));
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
