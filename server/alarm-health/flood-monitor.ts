// Follows the committed journal and says when a flood begins, grows and ends. It reads the journal itself instead of being
// told entries: what a broken connection left in doubt is in the journal or it is not.
import type { Registry } from 'prom-client';
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { AlarmFlood } from '../contract/alarm-health.ts';
import type { Db } from '../migrations/tables.ts';
import { type Flood, moveFlood } from './core/flood.ts';
import { follow, type MonitorState, type PositionState, settleAll } from './core/monitor.ts';
import { createFloodMetrics } from './metrics.ts';
import type { Positions } from './positions.ts';
import { lastSeq, quietBefore, readJournal } from './store.ts';
import { toFlood } from './view.ts';

interface MonitorOptions {
  readonly db: Db;
  readonly directory: EquipmentDirectory;
  readonly positions: Positions;
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void };
  readonly metrics?: Registry | undefined;
}

export interface FloodMonitor {
  /** Rebuilds the present state from the journal. */
  start(): Promise<void>;
  stop(): Promise<void>;
  open(): AlarmFlood[];
  /** The journal has grown. */
  notice(): void;
  /** The server's wall clock was set by so much, and `now` has followed. */
  clockSet(stepMs: number): void;
  /** Reads what is new and lets the time pass. */
  catchUp(): Promise<void>;
  onChange(listener: (floods: readonly AlarmFlood[]) => void): void;
}

/** Many commits in a flood share one reading of the journal. */
const COALESCE_MS = 100;
/** A flood ends by time alone. */
const SETTLE_EVERY_MS = 5_000;
/** Entries of the present moment. */
const AHEAD_MS = 60_000;

export function createFloodMonitor(options: MonitorOptions): FloodMonitor {
  const { db, directory, positions, now, log } = options;
  const metrics = options.metrics === undefined ? undefined : createFloodMetrics(options.metrics);
  const listeners: ((floods: readonly AlarmFlood[]) => void)[] = [];
  let state: MonitorState = new Map();
  let afterSeq = 0;
  let running: Promise<void> | null = null;
  let again = false;
  /** The state has to be rebuilt from the journal. */
  let isStale = true;
  let stopped = false;
  let soon: NodeJS.Timeout | null = null;
  let every: NodeJS.Timeout | null = null;

  const show = (position: string, flood: Flood): AlarmFlood => toFlood(position, flood, positions, directory);
  const openFloods = (): AlarmFlood[] =>
    [...state].flatMap(([position, { flood }]) => (flood.open === null ? [] : [show(position, flood.open)]));

  function tell(changed: readonly AlarmFlood[]): void {
    metrics?.open(openFloods().map(({ position }) => position));
    if (changed.length > 0) for (const listener of listeners) listener(changed);
  }

  async function step(): Promise<void> {
    const before = new Map(openFloods().map((flood) => [flood.id, flood.alarms]));
    const ended: AlarmFlood[] = [];
    for await (const facts of readJournal(db, { afterSeq })) {
      const counted = follow(state, facts, positions.of);
      state = counted.state;
      afterSeq = facts.at(-1)?.seq ?? afterSeq;
      ended.push(...counted.ended.map(({ position, flood }) => show(position, flood)));
      metrics?.count(facts, positions.of);
    }
    const settled = settleAll(state, now());
    state = settled.state;
    ended.push(...settled.ended.map(({ position, flood }) => show(position, flood)));
    tell([...ended, ...openFloods().filter(({ id, alarms }) => before.get(id) !== alarms)]);
  }

  /** What has already been told and is no flood any more, because positions changed, ends now. */
  async function rebuild(): Promise<void> {
    const before = openFloods();
    let fresh: MonitorState = new Map();
    let seq = await lastSeq(db);
    // What was written while the clock was ahead is left out: nothing after it would ever seem later.
    const range = { afterSeq: 0, fromMs: await quietBefore(db, now()), toMs: now() + AHEAD_MS };
    for await (const facts of readJournal(db, range)) {
      fresh = follow(fresh, facts, positions.of).state;
      seq = Math.max(seq, facts.at(-1)?.seq ?? seq);
    }
    state = settleAll(fresh, now()).state;
    afterSeq = seq;
    isStale = false;
    const open = openFloods();
    const end = new Date(now()).toISOString();
    tell([
      ...before.filter(({ id }) => !open.some((flood) => flood.id === id)).map((flood) => ({ ...flood, end })),
      ...open,
    ]);
  }

  /** One at a time; who asks meanwhile gets a further one. */
  function catchUp(): Promise<void> {
    again = true;
    running ??= (async () => {
      try {
        while (again) {
          again = false;
          await (isStale ? rebuild() : step());
        }
      } finally {
        running = null;
      }
    })();
    return running;
  }

  const tryCatchUp = (): void =>
    void catchUp().catch((error: unknown) =>
      log.error({ err: error }, 'the flood monitor could not read the alarm journal; it is tried again'),
    );

  positions.onChange(() => {
    isStale = true;
    return catchUp();
  });
  return {
    async start() {
      await catchUp();
      every = setInterval(tryCatchUp, SETTLE_EVERY_MS);
    },
    async stop() {
      stopped = true;
      if (every !== null) clearInterval(every);
      if (soon !== null) clearTimeout(soon);
      await running?.catch(() => undefined);
    },
    open: openFloods,
    notice() {
      if (stopped) return;
      soon ??= setTimeout(() => {
        soon = null;
        tryCatchUp();
      }, COALESCE_MS);
    },
    clockSet(stepMs) {
      const moved = new Map<string, PositionState>();
      for (const [position, known] of state) moved.set(position, { ...known, flood: moveFlood(known.flood, stepMs) });
      const end = new Date(now()).toISOString();
      const before = openFloods();
      state = moved;
      // A flood is named by its beginning, so what is shown of it ends and comes again.
      tell([...before.map((flood) => ({ ...flood, end })), ...openFloods()]);
    },
    catchUp,
    onChange: (listener) => void listeners.push(listener),
  };
}
