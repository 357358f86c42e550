// What a new list of devices asks of the lines that are open: a line goes on when nothing the driver sees has changed on it.
import type { DriverDevice } from '../port.ts';

export interface LineMember {
  readonly id: string;
  /** Key of the connection it shares. */
  readonly line: string;
  /** Everything a driver reads of the device, as text: equal text, nothing to do. */
  readonly reading: string;
}

/** @param asks what else its driver asks of it, see `DriverDefinition.asks`. */
export const memberOf = (device: DriverDevice, line: string, asks: unknown = null): LineMember => ({
  id: device.id,
  line,
  reading: JSON.stringify([device.connection, device.pollMs, device.model, device.class, asks]),
});

/** Keys of lines. One that is opened anew is in `closed` and in `opened`. */
export interface LinePlan {
  readonly kept: readonly string[];
  readonly closed: readonly string[];
  readonly opened: readonly string[];
}

/** The order of the devices does not matter. */
export function planLines(before: readonly LineMember[], after: readonly LineMember[]): LinePlan {
  const old = contentsOf(before);
  const next = contentsOf(after);
  const kept = [...next.keys()].filter((line) => old.get(line) === next.get(line));
  const stays = new Set(kept);
  return {
    kept,
    closed: [...old.keys()].filter((line) => !stays.has(line)),
    opened: [...next.keys()].filter((line) => !stays.has(line)),
  };
}

function contentsOf(members: readonly LineMember[]): Map<string, string> {
  const lines = Map.groupBy(members, ({ line }) => line);
  return new Map(
    [...lines].map(([line, onLine]) => [
      line,
      JSON.stringify(onLine.map(({ id, reading }) => [id, reading]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1))),
    ]),
  );
}
