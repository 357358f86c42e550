// Which configuration runs, which stood before it, and what became of the last one that was given. Each step is written
// to disk before it takes effect, so that a kill at any moment leaves one of these states.
import { z } from 'zod';
import type { ConfigurationState, DeviceEntry } from '../../uplink/sparkplug/request.ts';

const given = z.object({ version: z.int().min(1), devices: z.array(z.record(z.string(), z.unknown())) });

export const history = z.object({
  /** null: the gateway's own file. */
  current: given.nullable(),
  /** What runs again when `current` does not stand its trial. */
  previous: given.nullable(),
  /** `current` has not proven itself yet; in how many processes it has been tried. */
  trial: z.object({ processes: z.int().min(1) }).nullable(),
  rolledBack: z.object({ version: z.int(), reason: z.string() }).nullable(),
});
export type History = z.infer<typeof history>;

export const NOTHING_GIVEN: History = { current: null, previous: null, trial: null, rolledBack: null };

/** A process that ends on trial may have been killed by chance once, not twice. */
const MOST_PROCESSES = 2;

export const versionOf = ({ current }: History): number => current?.version ?? 0;

export const give = (before: History, version: number, devices: readonly DeviceEntry[]): History => ({
  current: { version, devices: [...devices] },
  previous: before.trial === null ? before.current : before.previous,
  trial: { processes: 1 },
  rolledBack: null,
});

export const confirm = (before: History): History => ({ ...before, trial: null });

/** Back to what ran before; also for one that stood its trial and cannot be used any more. */
export const rollBack = (before: History, reason: string): History =>
  before.current === null
    ? { ...before, trial: null }
    : {
        current: before.previous,
        previous: null,
        trial: null,
        rolledBack: { version: before.current.version, reason },
      };

/** A process begins with it. */
export function begin(before: History): History {
  if (before.trial === null) return before;
  const processes = before.trial.processes + 1;
  return processes > MOST_PROCESSES
    ? rollBack(before, 'the gateway ended twice while it was on trial')
    : { ...before, trial: { processes } };
}

/** The gateway's own file again. */
export const reset = (before: History): History => ({ ...NOTHING_GIVEN, previous: before.current });

export const stateOf = (now: History): ConfigurationState => ({
  version: versionOf(now),
  rolledBack: now.rolledBack !== null && now.rolledBack.version > versionOf(now) ? now.rolledBack : null,
  trial: now.trial !== null,
});

/** What is on disk; @returns undefined when it is something else. */
export function parseHistory(text: string): History | undefined {
  try {
    return history.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
