// The alarm engine put together: takes part in the ingest transaction, keeps deadlines, answers people.
import { randomUUID } from 'node:crypto';
import type { EquipmentClass } from '@louwei/device-profiles';
import type { Registry } from 'prom-client';
import type { DirectoryChange, EquipmentDirectory } from '../assets/directory.ts';
import type { FeedRegister, Feeds } from '../assets/feeds.ts';
import type { Alarm } from '../contract/alarms.ts';
import type { BatchParticipant, IngestedSample } from '../ingest/participant.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import type { AnyRoute } from '../platform/http/route.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import type { AlarmOrders } from '../work-orders/create.ts';
import { backtestRoutes } from './backtest.ts';
import { type ClockStep, moveClock } from './core/clock-step.ts';
import { isModified } from './core/facts.ts';
import type { Site } from './core/site.ts';
import { type Draft, enter, newDraft } from './draft.ts';
import { evaluateBatch, evaluateSample, followFeeds } from './evaluate.ts';
import type { JournalOutbox } from './journalled.ts';
import { returnWhatOrdersHeld } from './order-ended.ts';
import { type AlarmLog, createAlarmMetrics } from './ports.ts';
import { recallHistories, recallInputs } from './recall.ts';
import { alarmRoutes } from './routes.ts';
import { createRuleBook } from './rule-book.ts';
import { createRuntime } from './runtime.ts';
import { serviceRoutes } from './service.ts';
import { createSettingsVerbs } from './settings.ts';
import { createSettingsInForce } from './settings-in-force.ts';
import { settingsRoutes } from './settings-routes.ts';
import { removeRules, startUp, takePositions } from './start-up.ts';
import { journalClockStep } from './store.ts';
import { createVerbs, type Verbs } from './verbs.ts';
import { createWakeTimer, type Deadline } from './wake-timer.ts';

export interface AlarmCounts {
  /** Worst open alarm that is neither shelved nor suppressed. */
  readonly worstPriority: number | null;
  readonly unacknowledged: number;
  readonly active: number;
}

export interface Alarms extends Verbs {
  readonly participant: BatchParticipant;
  readonly routes: readonly AnyRoute[];
  /** After the register is loaded, before the first batch. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The class of the equipment with the equipment's own settings. */
  classOf(equipmentId: string): EquipmentClass | undefined;
  /** Every occurrence that is not closed. */
  open(): Alarm[];
  counts(equipmentId: string): AlarmCounts;
  /** Alarms that changed with one commit; one that is closed comes a last time as NORM. */
  onChange(listener: (alarms: readonly Alarm[]) => void): void;
  /**
   * The server's wall clock was set: moves what runs by it, inside the queue, and journals it. `isWritten`: a transaction that
   * ended in doubt has brought it to the database already. @returns what to do once it is committed and the time is followed.
   */
  clockSet(trx: Trx, step: ClockStep, isWritten: boolean): Promise<() => void>;
  /** Wakes what is due; the engine's own timer does it too. */
  wake(): Promise<void>;
}

interface AlarmsOptions {
  readonly db: Db;
  /** The one queue of everything that changes alarm state; batches are applied and committed inside it. */
  readonly queue: SerialQueue;
  readonly library: { readonly classes: ReadonlyMap<string, EquipmentClass> };
  readonly directory: EquipmentDirectory;
  readonly site?: Site;
  readonly workOrders: AlarmOrders;
  readonly feeds: Feeds & Pick<FeedRegister, 'onChange'>;
  readonly now: () => number;
  /** What wakes the engine on the clock of `now`; left out: a timer of the process. */
  readonly deadline?: Deadline;
  readonly log: AlarmLog;
  readonly metrics?: Registry;
  /** Written in the transaction of each transition. */
  readonly outbox?: JournalOutbox;
}

/** Readings of equipment that is not registered yet; more than this is a flood of births, and the next reading will do. */
const MAX_WAITING = 20_000;
const ORDER_RETRY_MS = 5_000;

/** @throws Error when a class's alarm refers to a parameter that the class does not have. */
export function createAlarms(options: AlarmsOptions): Alarms {
  const { db, queue, library, directory, workOrders, feeds, now, log } = options;
  const metrics = options.metrics === undefined ? undefined : createAlarmMetrics(options.metrics);
  const settings = createSettingsInForce(library.classes, directory, log);
  const book = createRuleBook(library.classes, directory, settings.of, options.site);
  const reloadSettings = async (trx: Trx): Promise<void> => {
    for (const id of await settings.load(trx)) {
      const definitions = new Map(book.definitions(id, settings.of(id)).map((own) => [own.alarm, own]));
      for (const rule of book.watched(id)?.rules ?? [])
        rule.definition = definitions.get(rule.definition.alarm) ?? rule.definition;
    }
  };
  const runtime = createRuntime({
    db,
    book,
    directory,
    workOrders,
    feeds,
    mint: randomUUID,
    log,
    metrics,
    now,
    outbox: options.outbox,
    reloadSettings,
  });
  const settingsVerbs = createSettingsVerbs(runtime, settings, library.classes, queue, now);
  const timer = createWakeTimer(runtime, queue, now, options.deadline);
  const verbs = createVerbs(runtime, queue, now);
  const waiting = new Map<number, IngestedSample>();
  let inFlight: { readonly trx: Trx; readonly draft: Draft; readonly unknown: readonly IngestedSample[] } | null = null;
  let started = false;
  let orderRetry: NodeJS.Timeout | undefined;
  runtime.onAdopted((rules) => timer.schedule(rules));

  function forget(): void {
    if (inFlight !== null) runtime.drop(inFlight.trx, inFlight.draft);
    inFlight = null;
  }

  const participant: BatchParticipant = {
    name: 'alarms',
    async apply(trx, batch) {
      forget();
      await runtime.settleDoubt(trx);
      const draft = newDraft();
      const unknown: IngestedSample[] = [];
      inFlight = { trx, draft, unknown };
      evaluateBatch(runtime.evaluation(unknown), draft, batch);
      await runtime.write(trx, draft);
    },
    committed() {
      if (inFlight === null) return;
      const { trx, draft, unknown } = inFlight;
      inFlight = null;
      for (const sample of unknown)
        if (waiting.size < MAX_WAITING || waiting.has(sample.pointId)) waiting.set(sample.pointId, sample);
      runtime.adopt(trx, draft);
    },
    rolledBack: forget,
  };

  function isNews(id: string): boolean {
    const known = book.watched(id)?.equipment;
    const record = directory.equipment(id);
    return record !== undefined && (known?.class !== record.class || known.gatewayId !== record.gatewayId);
  }

  /** Equipment was registered or became something else: its rules, and the readings that came with it. */
  async function takeEquipment(ids: readonly string[]): Promise<void> {
    const nowMs = now();
    const draft = newDraft();
    for (const id of ids) removeRules(draft, book.take(id, nowMs).gone, nowMs);
    const records = ids.flatMap((id) => directory.equipment(id) ?? []);
    await db.transaction().execute(async (trx) => {
      await runtime.reload(trx, nowMs);
      await takePositions(runtime, trx, records);
      const fresh = [...book.points()].filter(([, { watched }]) => ids.includes(watched.equipment.id));
      await recallInputs(trx, draft, fresh, nowMs);
      await recallHistories(trx, draft, fresh, nowMs);
    });
    for (const [pointId, sample] of waiting) {
      if (book.watched(sample.equipmentId) === undefined) continue;
      waiting.delete(pointId);
      evaluateSample(runtime.evaluation([]), draft, sample, nowMs);
    }
    await runtime.commit(draft);
  }

  /** Until it has worked: an alarm that stays out of service is one that nobody hears. */
  function followOrders(): void {
    if (!started) return;
    queue
      .run(() => returnWhatOrdersHeld(runtime, now()))
      .catch((error: unknown) => {
        log.error({ err: error }, 'alarms of ended work orders could not be put back into service, trying again');
        if (started) orderRetry = setTimeout(followOrders, ORDER_RETRY_MS);
      });
  }
  workOrders.onEnded(followOrders);

  feeds.onChange(async (fed) => {
    await runtime.settleDoubt();
    const draft = newDraft();
    for (const id of fed) followFeeds(runtime.evaluation([]), draft, id, now());
    await runtime.commit(draft);
  });

  directory.onChange(({ equipmentIds }: DirectoryChange) => {
    if (!started || !equipmentIds.some(isNews)) return;
    queue
      .run(async () => {
        const news = equipmentIds.filter(isNews);
        if (news.length > 0) await takeEquipment(news);
      })
      .catch((error: unknown) =>
        log.error({ err: error, equipmentIds }, 'alarms of new equipment could not be set up'),
      );
  });

  return {
    ...verbs,
    participant,
    routes: [
      ...alarmRoutes(runtime, verbs),
      ...serviceRoutes(runtime, queue, now),
      ...settingsRoutes(runtime, settingsVerbs, settings, library.classes),
      ...backtestRoutes({ db, directory, classes: library.classes, inForce: settings, now }),
    ],
    classOf: settings.classOf,
    async start() {
      await queue.run(async () => {
        await db.transaction().execute(settings.load);
        await startUp(runtime, now());
        await returnWhatOrdersHeld(runtime, now());
      });
      started = true;
      timer.start();
      await timer.run();
    },
    async stop() {
      started = false;
      clearTimeout(orderRetry);
      timer.stop();
      await queue.idle();
    },
    open: () => [...runtime.openById.values()].flatMap((rule) => runtime.alarmOf(rule) ?? []),
    counts(equipmentId) {
      let worstPriority: number | null = null;
      let unacknowledged = 0;
      let active = 0;
      for (const { state } of book.watched(equipmentId)?.rules ?? []) {
        const { facts, occurrence } = state.record;
        if (occurrence === null || isModified(facts)) continue;
        worstPriority = Math.min(worstPriority ?? occurrence.priority, occurrence.priority);
        if (!facts.acked) unacknowledged++;
        if (facts.cond) active++;
      }
      return { worstPriority, unacknowledged, active };
    },
    onChange: runtime.onChange,
    async clockSet(trx, step, isWritten) {
      if (!isWritten) await runtime.settleDoubt(trx);
      const draft = newDraft();
      for (const rule of book.rules.values()) enter(draft, rule, moveClock(rule.definition, rule.state, step));
      if (!isWritten) {
        await runtime.write(trx, draft);
        await journalClockStep(trx, step);
      }
      return () => {
        runtime.adopt(trx, draft);
        timer.clockSet(step.stepMs);
      };
    },
    wake: timer.run,
  };
}
