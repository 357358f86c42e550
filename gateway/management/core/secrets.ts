// Secrets never leave the gateway: in their place stands SECRET_KEPT, which on its way back means the one that is here.
import { type DeviceEntry, SECRET_KEPT } from '../../uplink/sparkplug/request.ts';

/** Password within an address: `mqtt://user:password@host`. */
const LOGIN = /^([a-z][a-z0-9+.-]*:\/\/[^/@:\s]*:)([^@/\s]+)(@.*)$/is;

/** JSON Schema of a `connection` block; its secrets are `writeOnly`. */
type JsonSchema = { readonly [key: string]: unknown };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function secretFields(schema: JsonSchema): Set<string> {
  const { properties, anyOf = [], oneOf = [] } = schema;
  const own = Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, field]) =>
    isRecord(field) && field['writeOnly'] === true ? [name] : [],
  );
  const below = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list.filter(isRecord) : []));
  return new Set([...own, ...below.flatMap((one) => [...secretFields(one)])]);
}

export const maskSecrets = (entry: DeviceEntry, secrets: ReadonlySet<string>): DeviceEntry =>
  withConnection(entry, (field, value) => {
    if (typeof value !== 'string') return value;
    return secrets.has(field) ? SECRET_KEPT : value.replace(LOGIN, `$1${SECRET_KEPT}$3`);
  });

/** @param known the device as it is configured now; what it has no secret for stays as it is. */
export const restoreSecrets = (
  entry: DeviceEntry,
  known: DeviceEntry | undefined,
  secrets: ReadonlySet<string>,
): DeviceEntry => {
  const old = isRecord(known?.['connection']) ? known['connection'] : {};
  return withConnection(entry, (field, value) => {
    const kept = old[field];
    if (typeof value !== 'string' || typeof kept !== 'string') return value;
    if (secrets.has(field)) return value === SECRET_KEPT ? kept : value;
    const [, before, password, behind] = LOGIN.exec(value) ?? [];
    const secret = LOGIN.exec(kept)?.[2];
    return password === SECRET_KEPT && secret !== undefined ? `${before}${secret}${behind}` : value;
  });
};

/** Fields in which the mark stands and no secret is known. */
export function missingSecrets(entry: DeviceEntry, secrets: ReadonlySet<string>): string[] {
  const { connection } = entry;
  if (!isRecord(connection)) return [];
  return Object.entries(connection).flatMap(([field, value]) =>
    (secrets.has(field) && value === SECRET_KEPT) ||
    (typeof value === 'string' && LOGIN.exec(value)?.[2] === SECRET_KEPT)
      ? [field]
      : [],
  );
}

function withConnection(entry: DeviceEntry, change: (field: string, value: unknown) => unknown): DeviceEntry {
  const { connection } = entry;
  if (!isRecord(connection)) return entry;
  const changed = Object.entries(connection).map(([field, value]) => [field, change(field, value)]);
  return { ...entry, connection: Object.fromEntries(changed) };
}
