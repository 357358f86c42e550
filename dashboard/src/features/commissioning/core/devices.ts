// Entries of a gateway's devices as a person drafts them: empty ones, checks, and the difference before saving.
import type { commissioning } from '@louwei/server/contract';
import type { Values } from './schema-form.ts';

export type Device = commissioning.DeviceEntry;

export interface Draft {
  readonly id: string;
  readonly model: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly place: { readonly site: string; readonly building: string; readonly floor: string; readonly room: string };
  readonly connection: Values;
  /** Fields this page does not know; kept as they are. */
  readonly others: Values;
}

export const EMPTY_DRAFT: Draft = {
  id: '',
  model: '',
  name: { zh: '', en: '' },
  place: { site: '', building: '', floor: '', room: '' },
  connection: {},
  others: {},
};

const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

export const idOf = (device: Device): string => text(device['id']);

export function draftOf(device: Device): Draft {
  const { id, model, name, place, connection, ...others } = device;
  const named = isRecord(name) ? name : {};
  const at = isRecord(place) ? place : {};
  return {
    id: text(id),
    model: text(model),
    name: { zh: text(named['zh']), en: text(named['en']) },
    place: {
      site: text(at['site']),
      building: text(at['building']),
      floor: text(at['floor']),
      room: text(at['room']),
    },
    connection: isRecord(connection) ? connection : {},
    others,
  };
}

export function deviceOf({ id, model, name, place, connection, others }: Draft): Device {
  const zh = name.zh.trim();
  const en = name.en.trim();
  const written = Object.fromEntries(
    Object.entries(place)
      .map(([part, value]) => [part, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  );
  return {
    id: id.trim(),
    model,
    // One language is better than the bare id in the other.
    ...(zh === '' && en === '' ? {} : { name: { zh: zh || en, en: en || zh } }),
    ...(Object.keys(written).length === 0 ? {} : { place: written }),
    ...others,
    connection: { ...connection },
  };
}

/** Sparkplug names: no slash, no wildcard. */
export const isIdFit = (id: string): boolean => /^[^/+#]{1,64}$/.test(id.trim());

export interface FieldChange {
  readonly path: string;
  /** undefined: not there. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface DeviceChange {
  readonly id: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
}

export function changesBetween(before: readonly Device[], after: readonly Device[]): readonly DeviceChange[] {
  const old = new Map(before.map((device) => [idOf(device), device]));
  const now = new Map(after.map((device) => [idOf(device), device]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id): DeviceChange[] => {
    const [was, is] = [old.get(id), now.get(id)];
    const fields = fieldChanges(was ?? {}, is ?? {});
    if (was === undefined) return [{ id, kind: 'added', fields }];
    if (is === undefined) return [{ id, kind: 'removed', fields }];
    return fields.length === 0 ? [] : [{ id, kind: 'changed', fields }];
  });
}

function fieldChanges(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (isRecord(before) && isRecord(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      fieldChanges(before[name], after[name], path === '' ? name : `${path}.${name}`),
    );
  if (isRecord(before) && after === undefined) return fieldChanges(before, {}, path);
  if (isRecord(after) && before === undefined) return fieldChanges({}, after, path);
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** The list with this entry in the place of the one it was, or behind all others. */
export const withDevice = (devices: readonly Device[], was: string | null, device: Device): readonly Device[] =>
  was !== null && devices.some((one) => idOf(one) === was)
    ? devices.map((one) => (idOf(one) === was ? device : one))
    : [...devices, device];
export const withoutDevice = (devices: readonly Device[], id: string): readonly Device[] =>
  devices.filter((one) => idOf(one) !== id);

/** What a change starts from: what the gateway runs, or the newer version that is on its way to it. */
export function basisOf(
  description: Pick<commissioning.GatewayDescription, 'configurationVersion' | 'devices'>,
  configuration: Pick<commissioning.GatewayConfiguration, 'desired'>,
): readonly Device[] {
  const { desired } = configuration;
  return desired !== null && desired.version > description.configurationVersion ? desired.devices : description.devices;
}
