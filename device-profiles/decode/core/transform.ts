// Conversions that no scale and offset can express. Each has a name, both directions, and its source.
import type { TRANSFORMS } from '../../schema/model.ts';

export type Transform = (typeof TRANSFORMS)[number];

interface Directions {
  /** What the product's number means. */
  readonly decode: (value: number) => number;
  /** A number of the product that means the value. */
  readonly encode: (value: number) => number;
}

export const TRANSFORM: Readonly<Record<Transform, Directions>> = {
  /** Schneider PM5000: beyond 1 and -1 the factor is leading and counts back (2 - x, -2 - x); we keep its size and sign. */
  'four-quadrant-power-factor': {
    decode: (value) => (value > 1 ? 2 - value : value < -1 ? -2 - value : value),
    encode: (value) => value,
  },
};
