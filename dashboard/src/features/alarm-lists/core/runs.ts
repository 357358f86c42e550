// Neighbours that belong together under one heading; a row that comes later starts a run of its own instead of moving others.

export interface Run<T> {
  readonly heading: string;
  readonly items: readonly T[];
}

export const runsOf = <T>(items: readonly T[], headingOf: (item: T) => string): readonly Run<T>[] => {
  const runs: { heading: string; items: T[] }[] = [];
  for (const item of items) {
    const heading = headingOf(item);
    const last = runs.at(-1);
    if (last?.heading === heading) last.items.push(item);
    else runs.push({ heading, items: [item] });
  }
  return runs;
};
