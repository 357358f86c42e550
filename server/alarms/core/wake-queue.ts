// Binary heap of things to wake, earliest first. Entries are not removed when they change: the owner knows which is valid.

interface WakeQueue<T> {
  push(atMs: number, item: T): void;
  /** Earliest time, Infinity when empty. */
  nextMs(): number;
  /** Takes everything due at the time, what falls on the same moment by id: the journal is the same in every run. */
  due(nowMs: number): { readonly atMs: number; readonly item: T }[];
}

export function createWakeQueue<T extends { readonly id: string }>(): WakeQueue<T> {
  const heap: { readonly atMs: number; readonly item: T }[] = [];
  const at = (index: number): number => heap[index]?.atMs ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => {
    const left = heap[a];
    const right = heap[b];
    if (left === undefined || right === undefined) return;
    heap[a] = right;
    heap[b] = left;
  };
  const sink = (start: number): void => {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const child = at(left + 1) < at(left) ? left + 1 : left;
      if (at(child) >= at(index)) return;
      swap(index, child);
      index = child;
    }
  };
  const pop = (): { readonly atMs: number; readonly item: T } | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) {
      heap[0] = last;
      sink(0);
    }
    return top;
  };
  return {
    push(atMs, item) {
      heap.push({ atMs, item });
      let index = heap.length - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (at(parent) <= at(index)) return;
        swap(index, parent);
        index = parent;
      }
    },
    nextMs: () => at(0),
    due(nowMs) {
      const taken: { readonly atMs: number; readonly item: T }[] = [];
      while (at(0) <= nowMs) {
        const entry = pop();
        if (entry !== undefined) taken.push(entry);
      }
      return taken.sort((a, b) => a.atMs - b.atMs || (a.item.id < b.item.id ? -1 : 1));
    },
  };
}
