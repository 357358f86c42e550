// Finds a value inside a message payload by a dot path, without ever touching inherited properties.

/** @returns the JSON a payload holds, or the payload itself where it is no JSON (a bare `ON`). */
export function parsePayload(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

/** @returns the value at `a.b.0.c` of own properties and array positions, or undefined; the empty path is the payload itself. */
export function pickPath(payload: unknown, path: string): unknown {
  if (path === '') return payload;
  let value = payload;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
