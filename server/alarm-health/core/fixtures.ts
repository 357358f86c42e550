// Journals for tests of the core: entries by hand, and long ones from drawn steps.
import type { Change } from '../../alarms/core/transition.ts';
import type { JournalFact } from './announcement.ts';

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const SHOWN = { point: 'p', unit: null, text: { zh: '文', en: 'text' }, limit: null };

export const active = (id: string, announced = true): Change => ({
  event: 'ACTIVE',
  id,
  priority: 3,
  value: 1,
  shown: SHOWN,
  suppressedBy: announced ? [] : ['gateway:g'],
  announced,
});
export const again = (): Change => ({ event: 'RE-ACTIVE', value: 1, shown: SHOWN, announced: true });
export const gone = (): Change => ({ event: 'RTN', latched: false, cause: 'process', value: 0 });
export const acked = (): Change => ({ event: 'ACK', comment: null });

/** Writes entries in the order of its calls. */
export function createScribe() {
  const facts: JournalFact[] = [];
  return {
    facts,
    write(atMs: number, alarmId: string, change: Change, more: Partial<JournalFact> & { actor?: string } = {}): void {
      const { actor = 'wang', ...identity } = more;
      const seq = facts.length + 1;
      const stamp = { actor, sourceMs: atMs, serverMs: atMs };
      const known = { seq, alarmId, equipmentId: alarmId, alarm: 'hot', priority: 3 };
      facts.push({ ...known, ...identity, transition: { ...change, ...stamp } });
    },
  };
}

const HAPPENS = ['on', 'on', 'on', 'off', 'ack', 're-alarm', 'escalate', 'hidden'] as const;

/** Device 0-3, priority 0-3 above 1, what happens 0-7, and how long after the step before. */
export type Step = readonly [device: number, priority: number, what: number, afterMs: number];

/** Gaps of zero, and of exactly the lengths at which something changes. */
export const EDGES_MS = [0, 60_000, 120_000, 600_000] as const;

/** Four devices with one alarm each; the entries obey the alarm machine. */
export function play(steps: readonly Step[]): readonly JournalFact[] {
  const scribe = createScribe();
  const open = new Map<number, { id: string; on: boolean; acked: boolean }>();
  let atMs = 7 * HOUR + 123;
  for (const [equipment, level, choice, afterMs] of steps) {
    atMs += afterMs;
    const what = HAPPENS[choice];
    const priority = level + 1;
    const own = open.get(equipment);
    const write = (change: Change) =>
      scribe.write(atMs, own?.id ?? `o${scribe.facts.length}`, change, { equipmentId: `e${equipment}`, priority });
    if (own === undefined) {
      const id = `o${scribe.facts.length}`;
      open.set(equipment, { id, on: true, acked: false });
      write(active(id, what !== 'hidden'));
    } else if (what === 'off' && own.on) {
      write(gone());
      if (own.acked) {
        write({ event: 'CLOSED', cause: 'returned' });
        open.delete(equipment);
      } else own.on = false;
    } else if (what === 'ack' && !own.acked) {
      write(acked());
      own.acked = true;
      if (!own.on) {
        write({ event: 'CLOSED', cause: 'acknowledged' });
        open.delete(equipment);
      }
    } else if (what === 're-alarm' && own.on && own.acked) {
      write({ event: 'RE-ALARM', count: 1, announced: true });
      own.acked = false;
    } else if (what === 'escalate' && own.on) {
      write({ event: 'PRIORITY_CHANGED', from: 4, to: priority, announced: true });
      own.acked = false;
    } else if (!own.on) {
      write(again());
      Object.assign(own, { on: true, acked: false });
    }
  }
  return scribe.facts;
}

/** Cuts a list into portions. */
export const portions = <T>(list: readonly T[], sizes: readonly number[]): T[][] => {
  const parts: T[][] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(list.slice(at, at + size));
    at += size;
  }
  return [...parts, list.slice(at)];
};
