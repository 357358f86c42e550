// A product that speaks like its sibling but for a few places: the sibling's file with the differences laid over it.
import { faultsOf } from './issue.ts';
import { type DeviceModel, deviceModel, modelVariant } from './model.ts';

type Raw = Readonly<Record<string, unknown>>;

export interface VariantFault {
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly expected: string;
}

export const isVariant = (raw: unknown): raw is Raw & { readonly extends: unknown } => isRaw(raw) && 'extends' in raw;

const isRaw = (raw: unknown): raw is Raw => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

/** @returns faults of the file's own form, before a variant is laid over anything. */
export function formFaults(raw: unknown): VariantFault[] {
  const result = (isVariant(raw) ? modelVariant : deviceModel).safeParse(raw);
  return result.success ? [] : result.error.issues.flatMap((issue) => faultsOf(issue, raw));
}

/**
 * The whole model as if it had been written out. Own entries come first in lists, so that a fault in one of them is
 * found under its own index; the base's examples stay for every point that the variant leaves as it was.
 */
export function layOver(base: Raw, variant: Raw): Raw {
  const { extends: _, ...own } = variant;
  const changed = new Set(['points', 'inputs', 'derived'].flatMap((part) => Object.keys(record(variant[part]))));
  const kept = list(base['examples']).filter((example) => !changed.has(String(record(example)['point'])));
  return {
    ...base,
    ...own,
    modbus: { ...record(base['modbus']), ...record(variant['modbus']) },
    ...Object.fromEntries(
      ['points', 'inputs', 'derived'].map((part) => [
        part,
        without({ ...record(base[part]), ...record(variant[part]) }),
      ]),
    ),
    sources: unique([...list(variant['sources']), ...list(base['sources'])]),
    notes: [...list(variant['notes']), ...list(base['notes'])],
    examples: [...list(variant['examples']), ...kept],
  };
}

/** Checks what came out of {@link layOver}. */
export function parseMerged(raw: Raw): { ok: true; value: DeviceModel } | { ok: false; faults: VariantFault[] } {
  const result = deviceModel.safeParse(raw);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, faults: result.error.issues.flatMap((issue) => faultsOf(issue, raw)) };
}

const unique = (entries: readonly unknown[]): unknown[] => [
  ...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values(),
];
const record = (raw: unknown): Raw => (isRaw(raw) ? raw : {});
const list = (raw: unknown): readonly unknown[] => (Array.isArray(raw) ? raw : []);
const without = (entries: Raw): Raw =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== null));
