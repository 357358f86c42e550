// The log: JSON lines on standard error, so that standard output stays for people. Secrets never reach it.
import { type Logger, pino } from 'pino';

export type { Logger };

const SECRETS = ['password', 'secret', 'token', 'cookie', 'authorization'];

/** @param level pino level, `info` by default. */
export function createLog(name: string, level: string): Logger {
  return pino(
    {
      name,
      level,
      base: { name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[hidden]' },
    },
    pino.destination({ fd: 2, sync: false }),
  );
}
