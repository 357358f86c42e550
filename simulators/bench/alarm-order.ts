// Judges what became of alarms that were raised and cleared in a known order: in the journal each one once, in that order;
// at a live socket each one, and how long it took.

/** One crossing of a limit, in the order in which the readings were published. */
export interface Edge {
  readonly equipmentId: string;
  readonly alarm: string;
  readonly on: boolean;
  readonly sentAtMs: number;
}

export interface JournalLine {
  readonly event: string;
  readonly equipmentId: string;
  readonly alarm: string;
  /** Transaction that wrote the line; transactions that write alarms come one after the other. */
  readonly transaction: number;
}

/** What a live frame showed of one alarm. */
export interface Shown {
  readonly equipmentId: string;
  readonly alarm: string;
  readonly active: boolean;
  readonly atMs: number;
}

const EVENTS: Readonly<Record<string, boolean>> = { ACTIVE: true, 'RE-ACTIVE': true, RTN: false };
const keyOf = ({ equipmentId, alarm }: { readonly equipmentId: string; readonly alarm: string }): string =>
  `${equipmentId}/${alarm}`;
const name = (one: Pick<Edge, 'equipmentId' | 'alarm' | 'on'>): string => `${keyOf(one)} ${one.on ? 'on' : 'off'}`;

/** Faults of the journal, by its own order; empty when every edge is there once, per alarm and altogether in order. */
export function judgeJournal(edges: readonly Edge[], journal: readonly JournalLine[]): string[] {
  const written = journal.flatMap((line) => {
    const on = EVENTS[line.event];
    return on === undefined ? [] : [{ ...line, on }];
  });
  const faults: string[] = [];
  const wanted = tally(edges);
  const found = tally(written);
  for (const key of new Set([...wanted.keys(), ...found.keys()])) {
    const [want = '', have = ''] = [wanted.get(key), found.get(key)];
    if (want !== have) faults.push(`${key}: found ${have || 'nothing'}, expected ${want || 'nothing'}`);
  }
  if (faults.length === 0) {
    const index = edges.findIndex((edge, place) => name(edge) !== name(written[place] ?? edge));
    const [edge, line] = [edges[index], written[index]];
    if (edge !== undefined && line !== undefined)
      faults.push(`place ${index + 1} of the journal: found ${name(line)}, expected ${name(edge)}`);
  }
  const back = written.findIndex((line, place) => line.transaction < (written[place - 1]?.transaction ?? 0));
  const late = written[back];
  if (late !== undefined)
    faults.push(`place ${back + 1} of the journal: ${name(late)} was committed before its predecessor`);
  return faults;
}

/** Per alarm `on off on ...` in its order. */
function tally(edges: readonly Pick<Edge, 'equipmentId' | 'alarm' | 'on'>[]): Map<string, string> {
  const byAlarm = new Map<string, string>();
  for (const edge of edges) {
    const before = byAlarm.get(keyOf(edge));
    byAlarm.set(keyOf(edge), `${before === undefined ? '' : `${before} `}${edge.on ? 'on' : 'off'}`);
  }
  return byAlarm;
}

/** Milliseconds from each edge to the first frame that showed it; edges that no frame showed are missing. */
export function screenDelays(edges: readonly Edge[], frames: readonly Shown[]): number[] {
  const shown = new Map<string, Shown[]>();
  for (const frame of frames) {
    const before = shown.get(keyOf(frame));
    if (before === undefined) shown.set(keyOf(frame), [frame]);
    else before.push(frame);
  }
  const seen = new Map<string, number>();
  return edges.flatMap((edge) => {
    const own = shown.get(keyOf(edge)) ?? [];
    const from = seen.get(keyOf(edge)) ?? 0;
    const at = own.findIndex(
      (frame, place) => place >= from && frame.active === edge.on && frame.atMs >= edge.sentAtMs,
    );
    const frame = own[at];
    if (frame === undefined) return [];
    seen.set(keyOf(edge), at + 1);
    return [frame.atMs - edge.sentAtMs];
  });
}
