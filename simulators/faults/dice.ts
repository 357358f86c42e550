// A row of repeatable throws: the same seed gives the same schedule of faults.
import { draw } from '../plant/random.ts';

export interface Dice {
  /** In [0, 1). */
  fraction(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  oneOf<T>(choices: readonly [T, ...T[]]): T;
}

export function createDice(seed: number): Dice {
  let state = seed;
  const fraction = (): number => {
    const [next, value] = draw(state);
    state = next;
    return value;
  };
  const between = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  return { fraction, between, oneOf: (choices) => choices[between(0, choices.length - 1)] ?? choices[0] };
}
