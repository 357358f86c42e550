// Secrets of device entries: replaced by a sign before anybody is shown them, and before they are kept for good.
import { SECRET_KEPT } from '@louwei/gateway/sparkplug';
import type { DeviceEntry } from '../../contract/commissioning.ts';

/** Password within an address: `mqtt://user:password@host`. */
const LOGIN = /^([a-z][a-z0-9+.-]*:\/\/[^/@:\s]*:)([^@/\s]+)(@.*)$/is;
const SECRET_FIELD = /password|passphrase|secret|token|privatekey/i;

/** Any depth; empty texts are no secrets. */
export const withoutSecrets = (devices: readonly DeviceEntry[]): DeviceEntry[] =>
  devices.map((device) =>
    Object.fromEntries(Object.entries(device).map(([field, value]) => [field, hide(field, value)])),
  );

function hide(field: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => hide(field, one));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, hide(inner, one)]));
  if (typeof value !== 'string' || value === '') return value;
  return SECRET_FIELD.test(field) ? SECRET_KEPT : value.replace(LOGIN, `$1${SECRET_KEPT}$3`);
}
