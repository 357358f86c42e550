// argon2id with the parameters OWASP names as the minimum: 19 MiB, 2 passes, 1 lane; 27 ms here. Each hash holds its
// memory, so only two run at a time and only a bounded number wait.
import { hash, verify } from '@node-rs/argon2';
import { ProblemError } from '../platform/http/route.ts';

const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const MAX_RUNNING = 2;
const MAX_WAITING = 50;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** With `null` for the hash of an unknown person it takes the same time and answers false. */
  verify(stored: string | null, password: string): Promise<boolean>;
}

/** The same characters in another Unicode form are the same password. */
const normalised = (password: string): string => password.normalize('NFC');

export function createPasswords(): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  let dummy: Promise<string> | null = null;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MAX_RUNNING) {
      if (waiting.length >= MAX_WAITING)
        throw new ProblemError(429, 'too-many-requests', 'too many sign-ins at once', 5);
      await new Promise<void>((resume) => waiting.push(resume));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }

  return {
    hash: (password) => inTurn(() => hash(normalised(password), ARGON2ID)),
    async verify(stored, password) {
      dummy ??= hash('nobody has this password', ARGON2ID);
      const known = stored ?? (await dummy);
      const right = await inTurn(() => verify(known, normalised(password)));
      return right && stored !== null;
    },
  };
}
