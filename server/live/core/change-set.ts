// Collects changes until the next delta: of each thing only the newest state counts.

interface Identified {
  readonly id: string;
}

/** Lists of things by kind; a kind without changes is absent. */
export type Changes<Kinds> = { readonly [Kind in keyof Kinds]?: readonly Kinds[Kind][] | undefined };

export interface ChangeSet<Kinds> {
  add(changes: Changes<Kinds>): void;
  /** What has come together, and starts anew; null when nothing has. */
  take(): Changes<Kinds> | null;
}

export function createChangeSet<Kinds extends { readonly [Kind in keyof Kinds]: Identified }>(): ChangeSet<Kinds> {
  let pending = new Map<keyof Kinds, Map<string, Kinds[keyof Kinds]>>();
  return {
    add(changes) {
      for (const kind of Object.keys(changes) as (keyof Kinds)[]) {
        for (const thing of changes[kind] ?? []) {
          const byId = pending.get(kind) ?? new Map<string, Kinds[keyof Kinds]>();
          byId.set(thing.id, thing);
          pending.set(kind, byId);
        }
      }
    },
    take() {
      if (pending.size === 0) return null;
      const changes = Object.fromEntries([...pending].map(([kind, byId]) => [kind, [...byId.values()]]));
      pending = new Map();
      // The keys are those of `Kinds`, which fromEntries forgets.
      return changes as unknown as Changes<Kinds>;
    },
  };
}
