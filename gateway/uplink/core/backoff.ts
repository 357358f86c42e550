// How long to wait before the next connection: doubling with full spread, so that 500 gateways that lost one broker
// do not come back in the same second (F20).

export const RECONNECT_BASE_MS = 500;
/**
 * A server that comes back is served within this, however long it was away (F01 asks for 5 s). 500 gateways that wait
 * then try 170 times a second between them, which a broker refuses or admits without effort.
 */
export const RECONNECT_MAX_MS = 4_000;
/** A connection that lasted this long, or on which something was committed, counts as good and starts the row anew. */
export const STABLE_AFTER_MS = 30_000;

/**
 * @param attempt failed attempts so far, >= 0
 * @param random in [0, 1)
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(RECONNECT_MAX_MS, RECONNECT_BASE_MS * 2 ** Math.min(attempt, 20));
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}
