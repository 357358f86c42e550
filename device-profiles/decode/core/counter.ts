// Counters that begin again at 0.

/** What a counter has counted between two readings, when it began again at `rollover` at most once. */
export function counted(before: number, after: number, rollover: number | undefined): number {
  const difference = after - before;
  return difference < 0 && rollover !== undefined ? difference + rollover : difference;
}
