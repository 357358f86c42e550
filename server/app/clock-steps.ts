// Watches for the server's wall clock being set, and follows it: what is counted by it is moved in the database and in
// memory as one step, with nothing decided in between. Until then the server's time goes on as before.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Alarms } from '../alarms/alarms.ts';
import type { ClockStep } from '../alarms/core/clock-step.ts';
import { aliveAtMs, isClockStepJournalled } from '../alarms/store.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import { STEP_MS } from '../platform/clock/core/followed-time.ts';
import type { ServerClock } from '../platform/clock/server-clock.ts';
import type { Logger } from '../platform/log.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';

export interface ClockStepsOptions {
  readonly clock: ServerClock;
  readonly db: Db;
  /** The one of everything that changes alarm state. */
  readonly queue: SerialQueue;
  readonly log: Logger;
  readonly alarms: Pick<Alarms, 'clockSet'>;
  /** Moves times in the database. */
  readonly stored: readonly ((trx: Trx, stepMs: number) => Promise<void>)[];
  /** Moves times in memory, after the commit. */
  readonly held: readonly ((stepMs: number) => void)[];
}

export interface ClockSteps {
  /** Before the alarms start: was the clock set back while the server was down? A step forward cannot be told from a long stop. */
  note(): Promise<void>;
  /** Follows what was noted, and every step from now on. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

export function createClockSteps(options: ClockStepsOptions): ClockSteps {
  const { clock, db, queue, log, alarms } = options;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let setBackMs = 0;

  async function move(step: ClockStep, again: boolean): Promise<() => void> {
    const written = again && (await isClockStepJournalled(db, step));
    return db.transaction().execute(async (trx) => {
      const adopt = await alarms.clockSet(trx, step, written);
      if (!written) for (const one of options.stored) await one(trx, step.stepMs);
      return adopt;
    });
  }

  /** Inside the queue, and until it has worked: whatever is decided in between would be decided on two clocks. */
  async function follow(step: ClockStep, follows: boolean): Promise<void> {
    for (let attempt = 1; !stopping.signal.aborted; attempt++) {
      try {
        const adopt = await move(step, attempt > 1);
        if (follows) clock.follow(step.stepMs);
        adopt();
        for (const one of options.held) one(step.stepMs);
        log.warn(
          { stepS: Math.round(step.stepMs / 1000) },
          'the clock of this machine was set; the server has followed',
        );
        return;
      } catch (error) {
        if (attempt === 1) log.error({ err: error }, 'the server could not follow its clock, trying again');
        await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function look(): Promise<void> {
    if (clock.stepMs() === 0) return;
    await queue.run(async () => {
      const stepMs = clock.stepMs();
      if (stepMs !== 0) await follow({ stepMs, nowMs: clock.now() + stepMs }, true);
    });
  }

  function watch(): void {
    timer = setTimeout(() => {
      running = look()
        .catch((error: unknown) => log.error({ err: error }, 'the clock could not be looked at'))
        .finally(() => {
          if (!stopping.signal.aborted) watch();
        });
    }, LOOK_EVERY_MS);
  }

  return {
    async note() {
      const alive = await aliveAtMs(db);
      const sinceMs = alive === null ? 0 : clock.now() - alive;
      setBackMs = sinceMs < -STEP_MS ? sinceMs : 0;
    },
    async start() {
      const stepMs = setBackMs;
      if (stepMs < 0) await queue.run(() => follow({ stepMs, nowMs: clock.now() }, false));
      watch();
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
