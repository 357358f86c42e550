// A client that is refused tries again for ever, and one that publishes where it must not does so a hundred times a second:
// each cause is told once in a while, with how often it came meanwhile.

const EVERY_MS = 60_000;
/** Causes remembered at once; whoever invents more (a new client id at each attempt) is told of in full. */
const MOST = 1000;

interface Told {
  readonly atMs: number;
  readonly untold: number;
}

/** @returns how often the cause came since it was told last, when it is to be told now; null while it is only counted. */
export function createRepeats(everyMs = EVERY_MS, most = MOST): (cause: string, nowMs: number) => number | null {
  const told = new Map<string, Told>();
  return (cause, nowMs) => {
    const last = told.get(cause);
    if (last !== undefined && nowMs - last.atMs < everyMs) {
      told.set(cause, { ...last, untold: last.untold + 1 });
      return null;
    }
    // The order of a Map is that of insertion: the first is the one told longest ago.
    told.delete(cause);
    for (const oldest of told.keys()) {
      if (told.size < most) break;
      told.delete(oldest);
    }
    told.set(cause, { atMs: nowMs, untold: 0 });
    return last?.untold ?? 0;
  };
}
