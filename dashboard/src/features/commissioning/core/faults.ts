// Faults that the gateway found, at the fields of the form they belong to.
import type { ProblemDocument } from '@louwei/server/contract';

export type FieldFault = NonNullable<ProblemDocument['errors']>[number];

/** `devices.3.connection.port` and `device.connection.port` are `connection.port` of the device on the screen. */
export const faultsOfDevice = (faults: readonly FieldFault[], index: number | null): readonly FieldFault[] =>
  faults.flatMap(({ field, expected }) => {
    const [, at, path] = /^devices\.(\d+)\.(.+)$/.exec(field) ?? [];
    if (path !== undefined) return Number(at) === index ? [{ field: path, expected }] : [];
    return [{ field: field.replace(/^device\./, ''), expected }];
  });

/** Of this field or of anything in it. */
export const faultsAt = (faults: readonly FieldFault[], path: string): readonly string[] =>
  faults.filter(({ field }) => field === path || field.startsWith(`${path}.`)).map(({ expected }) => expected);
