// Wakes rules when their time has come, and notes every 10 s that alarms are being watched.
import type { SerialQueue } from '../platform/serial-queue.ts';
import { wakeAt } from './core/qualification.ts';
import { createWakeQueue } from './core/wake-queue.ts';
import { newDraft } from './draft.ts';
import { wakeRule } from './evaluate.ts';
import type { Rule } from './rule-book.ts';
import type { Runtime } from './runtime.ts';
import { markAlive } from './store.ts';

const ALIVE_EVERY_MS = 10_000;
const RETRY_MS = 1000;
/** A longer timer would fire at once: setTimeout counts in 32 bits. */
const LONGEST_TIMER_MS = 20 * 24 * 3600_000;

/** The one deadline that the engine waits for; setting it again replaces it. */
export interface Deadline {
  set(run: () => void, delayMs: number): void;
  clear(): void;
}

export function systemDeadline(): Deadline {
  let timer: NodeJS.Timeout | undefined;
  const clear = (): void => clearTimeout(timer);
  return {
    set(run, delayMs) {
      clear();
      timer = setTimeout(run, delayMs);
    },
    clear,
  };
}

interface WakeTimer {
  /** Looks at the wake times of these rules again. */
  schedule(rules: Iterable<Rule>): void;
  /** All wake times have moved with the clock. */
  clockSet(stepMs: number): void;
  start(): void;
  stop(): void;
  /** Wakes what is due now; the timer calls it. */
  run(): Promise<void>;
}

export function createWakeTimer(
  runtime: Runtime,
  queue: SerialQueue,
  now: () => number,
  deadline: Deadline = systemDeadline(),
): WakeTimer {
  const { book, log } = runtime;
  let wakes = createWakeQueue<Rule>();
  let running = false;
  let aliveDueMs = 0;
  let failures = 0;

  function enqueue(rule: Rule): void {
    const atMs = wakeAt(rule.definition, rule.state);
    if (atMs >= rule.scheduledMs) return;
    rule.scheduledMs = atMs;
    wakes.push(atMs, rule);
  }

  function arm(delayMs = Math.min(wakes.nextMs(), aliveDueMs) - now()): void {
    deadline.clear();
    if (running) deadline.set(() => void run(), Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
  }

  function takeDue(nowMs: number): Rule[] {
    const due: Rule[] = [];
    for (const { atMs, item: rule } of wakes.due(nowMs)) {
      if (atMs !== rule.scheduledMs || book.rules.get(rule.id) !== rule) continue;
      rule.scheduledMs = Number.POSITIVE_INFINITY;
      due.push(rule);
    }
    return due;
  }

  async function wakeDue(): Promise<void> {
    const nowMs = now();
    await runtime.settleDoubt();
    const due = takeDue(nowMs);
    const draft = newDraft();
    for (const rule of due) wakeRule(runtime.evaluation([]), draft, rule, nowMs);
    try {
      const aliveDue = nowMs >= aliveDueMs;
      await runtime.commit(draft, aliveDue ? (trx) => markAlive(trx, nowMs) : undefined);
      if (aliveDue) aliveDueMs = nowMs + ALIVE_EVERY_MS;
    } finally {
      for (const rule of due) enqueue(rule);
    }
  }

  async function run(): Promise<void> {
    try {
      await queue.run(wakeDue);
      if (failures > 0) log.info({ failures }, 'alarm timers work again');
      failures = 0;
      arm();
    } catch (error) {
      if (failures++ === 0) log.error({ err: error }, 'alarm timers could not be written, trying again');
      arm(RETRY_MS * Math.min(failures, 30));
    }
  }

  return {
    schedule(rules) {
      const before = wakes.nextMs();
      for (const rule of rules) enqueue(rule);
      if (wakes.nextMs() < before && failures === 0) arm();
    },
    clockSet(stepMs) {
      aliveDueMs += stepMs;
      wakes = createWakeQueue();
      for (const rule of book.rules.values()) {
        rule.scheduledMs = Number.POSITIVE_INFINITY;
        enqueue(rule);
      }
      if (failures === 0) arm();
    },
    start() {
      running = true;
      arm();
    },
    stop() {
      running = false;
      deadline.clear();
    },
    run,
  };
}
