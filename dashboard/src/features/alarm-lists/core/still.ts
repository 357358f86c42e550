// Rows that do not move under the operator's hand: while it is in a list, each row keeps its place, one that has gone stays
// as gone, and new ones come at the end.

export interface StillRow<T> {
  readonly item: T;
  /** Not on the list any more; it disappears when the hand leaves. */
  readonly gone: boolean;
}

export const stillRows = <T>(
  before: readonly T[],
  present: readonly T[],
  keyOf: (item: T) => string,
  held: boolean,
): readonly StillRow<T>[] => {
  if (!held) return present.map((item) => ({ item, gone: false }));
  const now = new Map(present.map((item) => [keyOf(item), item]));
  const kept = before.map((former) => {
    const item = now.get(keyOf(former));
    now.delete(keyOf(former));
    return { item: item ?? former, gone: item === undefined };
  });
  return [...kept, ...[...now.values()].map((item) => ({ item, gone: false }))];
};
