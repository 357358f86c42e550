// Whether a request whose signature is right is begun.
import type { RequestBody } from '../../uplink/sparkplug/request.ts';

/** Ids that were begun, with their expiry: after it they would be refused anyway. */
export type Begun = ReadonlyMap<string, number>;

export type Admission =
  | { readonly kind: 'begin'; readonly begun: Begun }
  | { readonly kind: 'refuse'; readonly code: 'expired' | 'invalid' | 'busy'; readonly detail: string }
  /** It was begun before: its own answer is on its way. */
  | { readonly kind: 'ignore' };

export const MOST_WAITING = 4;

export function admit(
  begun: Begun,
  { id, gateway, expiresAtMs }: RequestBody,
  now: { readonly gateway: string; readonly nowMs: number; readonly waiting: number },
): Admission {
  if (gateway !== now.gateway)
    return { kind: 'refuse', code: 'invalid', detail: `signed for gateway ${gateway}, this is ${now.gateway}` };
  if (now.nowMs >= expiresAtMs)
    return {
      kind: 'refuse',
      code: 'expired',
      detail: `expired ${Math.round((now.nowMs - expiresAtMs) / 1000)} s ago by the clock of the gateway`,
    };
  if (begun.has(id)) return { kind: 'ignore' };
  if (now.waiting >= MOST_WAITING)
    return { kind: 'refuse', code: 'busy', detail: `${now.waiting} requests are waiting; ask again` };
  const living = [...begun].filter(([, expiry]) => expiry > now.nowMs);
  return { kind: 'begin', begun: new Map([...living, [id, expiresAtMs]]) };
}
