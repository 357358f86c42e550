// Repeatable chance: the generator's state is a number that the plant keeps in its own state.

/** One draw of mulberry32. @returns [the next state, a number in [0, 1)] */
export function draw(random: number): readonly [number, number] {
  const next = (random + 0x6d2b79f5) | 0;
  let mixed = Math.imul(next ^ (next >>> 15), 1 | next);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return [next, ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296];
}

/** Several draws at once. @returns [the next state, numbers in [0, 1)] */
export function draws(random: number, count: number): readonly [number, readonly number[]] {
  let state = random;
  const values = Array.from({ length: count }, () => {
    const [next, value] = draw(state);
    state = next;
    return value;
  });
  return [state, values];
}

/** Seed of one machine from the building's seed and the machine's name (FNV-1a). */
export function seedOf(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}
