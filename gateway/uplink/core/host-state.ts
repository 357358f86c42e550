// The primary host's STATE (Sparkplug B 3.0, 5.4): data is sent only while the host is online.

import { DELIVERY_ENCODING } from '../sparkplug/core/delivery.ts';

export interface HostState {
  readonly online: boolean;
  /** It acknowledges by watermark. */
  readonly provesDelivery: boolean;
  readonly timestampMs: number;
}

/** @returns undefined for anything that is not `{"online": boolean, "timestamp": integer}`. */
export function parseHostState(text: string): HostState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('online' in value) || !('timestamp' in value)) return undefined;
  const { online, timestamp } = value;
  if (typeof online !== 'boolean' || typeof timestamp !== 'number' || !Number.isFinite(timestamp)) return undefined;
  const provesDelivery = 'delivery' in value && value.delivery === DELIVERY_ENCODING;
  return { online, provesDelivery, timestampMs: timestamp };
}

/**
 * A state older than the last of this connection is the late will of a session that is over (F22) and is ignored. Each
 * connection starts without memory, so that a host whose clock was set back is not ignored for ever.
 */
export const adoptHostState = (known: HostState | undefined, heard: HostState): HostState =>
  known !== undefined && heard.timestampMs < known.timestampMs ? known : heard;
