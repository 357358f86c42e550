// Last readings of the points that one rule compares with each other.
import type { Reading } from './reading.ts';

export type Inputs = Readonly<Record<string, Pick<Reading, 'value' | 'shown' | 'usable' | 'why'>>>;

export const NO_INPUTS: Inputs = {};

export const valueIn =
  (inputs: Inputs) =>
  (point: string): number | null =>
    Object.hasOwn(inputs, point) ? (inputs[point]?.value ?? null) : null;

/** For rules that can answer although one of their points is flawed. */
export const usableIn =
  (inputs: Inputs) =>
  (point: string): number | null =>
    Object.hasOwn(inputs, point) && inputs[point]?.usable === true ? inputs[point].value : null;

export const withInput = (inputs: Inputs, point: string, { value, shown, usable, why }: Reading): Inputs => ({
  ...inputs,
  [point]: { value, shown, usable, why },
});

/** The reading of the first point as the rule sees it now: usable only while those of all its points are. */
export function combined(inputs: Inputs, points: readonly string[], newest: Reading): Reading {
  const [first = ''] = points;
  const missing = points.find((point) => inputs[point]?.usable !== true);
  const own = inputs[first];
  const why = missing === undefined ? 'good' : `${missing}: ${inputs[missing]?.why ?? 'no reading yet'}`;
  return { ...newest, value: own?.value ?? null, shown: own?.shown ?? null, usable: missing === undefined, why };
}
