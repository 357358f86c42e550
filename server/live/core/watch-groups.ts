// Who watches which values. Clients that watch the same share one group, so that its values are conflated and written
// once for all of them. A group holds at most one value a point, however long nobody takes it.

export interface Watch {
  readonly equipment: readonly string[];
  readonly points: 'faceplate' | 'all';
}

/** Equipment id and point come first. */
export type WatchedValue = readonly [equipmentId: string, point: string, ...rest: unknown[]];

export interface WatchGroup<Value, Client> {
  readonly everything: boolean;
  readonly equipment: readonly string[];
  readonly points: Watch['points'];
  readonly clients: Set<Client>;
  readonly pending: Map<string, Value>;
}

export interface WatchGroups<Value, Client> {
  /** Replaces the client's former watch. @returns null when it watches nothing. */
  join(client: Client, watch: Watch): WatchGroup<Value, Client> | null;
  leave(client: Client): void;
  groupOf(client: Client): WatchGroup<Value, Client> | undefined;
  /** @returns true when someone watches one of them. */
  add(values: readonly Value[]): boolean;
  /** Groups with something to send, with their values; they start anew. */
  take(): readonly { readonly group: WatchGroup<Value, Client>; readonly values: readonly Value[] }[];
  readonly size: number;
}

const ALL = '*';

export function createWatchGroups<Value extends WatchedValue, Client>(
  isFaceplate: (equipmentId: string, point: string) => boolean,
): WatchGroups<Value, Client> {
  type Group = WatchGroup<Value, Client>;
  const groups = new Map<string, Group>();
  const ofClient = new Map<Client, string>();
  const byEquipment = new Map<string, Set<Group>>();

  function open(key: string, equipment: readonly string[], points: Watch['points']): Group {
    const everything = equipment.includes(ALL);
    const group: Group = { everything, equipment, points, clients: new Set(), pending: new Map() };
    groups.set(key, group);
    for (const id of equipment) byEquipment.set(id, (byEquipment.get(id) ?? new Set()).add(group));
    return group;
  }

  function leave(client: Client): void {
    const key = ofClient.get(client);
    const group = key === undefined ? undefined : groups.get(key);
    ofClient.delete(client);
    if (key === undefined || group === undefined) return;
    group.clients.delete(client);
    if (group.clients.size > 0) return;
    groups.delete(key);
    for (const id of group.equipment) {
      const set = byEquipment.get(id);
      set?.delete(group);
      if (set?.size === 0) byEquipment.delete(id);
    }
  }

  function offer(set: Set<Group> | undefined, value: Value): boolean {
    let wanted = false;
    for (const group of set ?? []) {
      if (group.points === 'faceplate' && !isFaceplate(value[0], value[1])) continue;
      group.pending.set(`${value[0]}\n${value[1]}`, value);
      wanted = true;
    }
    return wanted;
  }

  return {
    join(client, watch) {
      leave(client);
      const equipment = watch.equipment.includes(ALL) ? [ALL] : [...new Set(watch.equipment)].sort();
      if (equipment.length === 0) return null;
      const key = JSON.stringify([watch.points, equipment]);
      const group = groups.get(key) ?? open(key, equipment, watch.points);
      group.clients.add(client);
      ofClient.set(client, key);
      return group;
    },
    leave,
    groupOf: (client) => groups.get(ofClient.get(client) ?? ''),
    add(values) {
      let wanted = false;
      const everything = byEquipment.get(ALL);
      for (const value of values) {
        if (everything !== undefined && offer(everything, value)) wanted = true;
        const own = byEquipment.get(value[0]);
        if (own !== undefined && offer(own, value)) wanted = true;
      }
      return wanted;
    },
    take() {
      const taken: { group: Group; values: Value[] }[] = [];
      for (const group of groups.values()) {
        if (group.pending.size === 0) continue;
        taken.push({ group, values: [...group.pending.values()] });
        group.pending.clear();
      }
      return taken;
    },
    get size() {
      return groups.size;
    },
  };
}
