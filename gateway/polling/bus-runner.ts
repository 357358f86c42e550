// Reads all devices of one bus, one request at a time, for ever. A device that does not answer costs the others at most
// one of its timeouts per probe, is probed less and less often, and when the line is free.
import { type EquipmentClass, type ModbusModel, pointNames, type Quality } from '@louwei/device-profiles';
import type { DriverHost } from '../drivers/port.ts';
import type { Bus } from './bus.ts';
import { busLoad, pollClassesOf } from './core/airtime.ts';
import { backoffMs } from './core/backoff.ts';
import { type DevicePlan, qualityOfOutcome, readingsOf, type TimedOutcome } from './core/device-plan.ts';
import type { Learned } from './core/learned.ts';
import { airtimeMs, type Line, readCost } from './core/line-cost.ts';
import { rotate } from './core/read-plan.ts';
import {
  createSchedule,
  dueAgain,
  type Guest,
  type Job,
  nextTurn,
  type PollClass,
  type Turn,
  takeTurn,
  wakeAt,
} from './core/schedule.ts';
import type { Span } from './core/span.ts';
import { createDeviceMemory, type DeviceMemory } from './device-memory.ts';
import { type BusDiagnosis, createUnitRecorder, createUtilisation, silenceOf, type UnitRecorder } from './diagnosis.ts';
import type { LearnedStore } from './learned-store.ts';
import { pause } from './pause.ts';
import { isFromDevice, isSilence, readTurn, type TurnResult } from './read-turn.ts';

/** One device on the bus. */
export interface BusUnit {
  readonly id: string;
  readonly unit: number;
  readonly model: ModbusModel;
  readonly class: EquipmentClass;
  readonly pollMs: Readonly<Record<PollClass, number>>;
}

export interface BusRunnerOptions {
  readonly units: readonly BusUnit[];
  readonly bus: Bus;
  readonly host: Pick<DriverHost, 'readings' | 'state' | 'now' | 'log'>;
  /** Where the bus is, for messages. */
  readonly where: string;
  readonly line: Line;
  readonly learned?: LearnedStore;
  readonly connectTimeoutMs?: number;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /** Monotonic ms. */
  readonly monotonicNow?: () => number;
  readonly random?: () => number;
}

export interface BusRunner {
  start(): void;
  stop(): Promise<void>;
  diagnosis(): BusDiagnosis;
}

/** A device is called offline after this many turns in a row without any answer. */
const FAILED_TURNS_UNTIL_OFFLINE = 2;
/** A device whose answers begin later than this is read in the time the others leave. */
const SLOW_ANSWER_MS = 500;
/** Of a busy line, a device that holds it up gets at most this share. */
const GUEST_SHARE = 0.1;

interface UnitState {
  readonly config: BusUnit;
  readonly memory: DeviceMemory;
  readonly recorder: UnitRecorder;
  failedTurns: number;
  online: boolean | null;
  /** Monotonic ms at which everything was last made due because the device answered again. */
  recoveredMs: number;
  /** The block that failed last; the next turn begins behind it. */
  after: Span | null;
}

export function createBusRunner(options: BusRunnerOptions): BusRunner {
  const { bus, host, where, line } = options;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const backoff = options.backoff ?? { baseMs: 1000, maxMs: 30_000 };
  const states = new Map(options.units.map((config): [string, UnitState] => [config.id, newState(config)]));
  const notBefore = new Map<string, number>();
  const guests = new Map<string, Guest>();
  const stopping = new AbortController();
  const utilisation = createUtilisation(monotonicNow());
  let jobs: readonly Job[] = [];
  let failedConnects = 0;
  let connects = 0;
  let connectErrors = 0;
  let running: Promise<void> | null = null;
  let plannedUtilisation = 0;
  let plannedFor: readonly Learned[] = [];

  function newState(config: BusUnit): UnitState {
    const memory = createDeviceMemory(config, readCost(line), options.learned, host.log);
    return {
      config,
      memory,
      recorder: createUnitRecorder(),
      failedTurns: 0,
      online: null,
      recoveredMs: Number.NEGATIVE_INFINITY,
      after: null,
    };
  }

  async function run(): Promise<void> {
    jobs = createSchedule(options.units.flatMap(jobsOf), monotonicNow());
    while (!stopping.signal.aborted) {
      const turn = nextTurn(jobs, monotonicNow(), notBefore, guests);
      if (turn === null) {
        await pause(wakeAt(jobs, notBefore, guests, monotonicNow()) - monotonicNow(), stopping.signal);
        continue;
      }
      jobs = takeTurn(jobs, turn, monotonicNow());
      await takeDevice(turn);
    }
  }

  async function takeDevice(turn: Turn): Promise<void> {
    const state = states.get(turn.device);
    if (state === undefined) return;
    const wasOpen = bus.isOpen();
    const connection = await bus.connect(options.connectTimeoutMs ?? 3000);
    if (stopping.signal.aborted) return;
    if (!connection.ok) return connectionFailed(connection.reason);
    if (!wasOpen) connects++;
    failedConnects = 0;
    const plan = state.memory.planOf(turn.classes);
    const result = await readPlan(state, plan);
    if (stopping.signal.aborted) return;
    conclude(state, plan, result);
  }

  async function readPlan(state: UnitState, plan: DevicePlan): Promise<TurnResult> {
    const { memory } = state;
    const startedMs = monotonicNow();
    let waitedMs = 0;
    const result = await readTurn(
      {
        requests: rotate(plan.requests, state.after),
        probes: memory.probesOf(plan, host.now()),
        wanted: plan.wanted,
        maxExtra: memory.maxExtra(),
      },
      async (span) => {
        const read = await readOne(state, span);
        if (read === null) return null;
        waitedMs = Math.max(waitedMs, read.roundTripMs - airtimeMs(line, span));
        return read.timed;
      },
    );
    state.after = result.silentAt;
    const isDead = result.silentAt !== null && state.failedTurns + 1 >= FAILED_TURNS_UNTIL_OFFLINE;
    const turnMs = monotonicNow() - startedMs;
    if (isDead || waitedMs >= SLOW_ANSWER_MS) guests.set(state.config.id, { turnMs, patienceMs: turnMs / GUEST_SHARE });
    else guests.delete(state.config.id);
    return result;
  }

  async function readOne(state: UnitState, span: Span): Promise<{ timed: TimedOutcome; roundTripMs: number } | null> {
    const { unit, model } = state.config;
    const sentMs = monotonicNow();
    const outcome = await bus.read(unit, span, model.modbus.timeoutMs);
    if (stopping.signal.aborted) return null;
    const nowMs = monotonicNow();
    const timeMs = host.now();
    utilisation.busy(sentMs, nowMs);
    state.recorder.read(outcome, nowMs - sentMs, timeMs);
    if (model.modbus.pauseMs > 0 && !isSilence(outcome)) await pause(model.modbus.pauseMs, stopping.signal);
    return { timed: { outcome, timeMs }, roundTripMs: nowMs - sentMs };
  }

  function conclude(state: UnitState, plan: DevicePlan, result: TurnResult): void {
    const { id, model } = state.config;
    state.memory.learn(result, host.now());
    const all = [...result.outcomes.values()];
    if (all.length === 0 || all.some(({ outcome }) => isFromDevice(outcome))) {
      if (state.failedTurns > 0 || state.online === false) recovered(state);
      state.failedTurns = 0;
      notBefore.delete(id);
      host.readings(id, readingsOf(plan, model, result.outcomes, host.now()));
      if (all.length > 0) setOnline(state);
      if (result.isUnfinished) jobs = dueAgain(jobs, id, monotonicNow());
      return;
    }
    state.failedTurns++;
    const last = all.at(-1)?.outcome;
    const quality = last === undefined || last.kind === 'answer' ? 'timeout' : qualityOfOutcome(last.kind);
    if (state.failedTurns >= FAILED_TURNS_UNTIL_OFFLINE) {
      notBefore.set(id, monotonicNow() + backoffMs(backoff, state.failedTurns - 1, random()));
      // The state follows the readings: whoever hears "offline" finds no good value any more.
      allPointsBad(state.config, quality);
      setOffline(state, silenceOf(state.config.unit, last));
    } else {
      pointsBad(
        state.config,
        plan.points.map(({ name }) => name),
        quality,
      );
    }
  }

  /** What is read rarely must not stay bad until its next slot. Not over and over: a single block may never answer. */
  function recovered(state: UnitState): void {
    const nowMs = monotonicNow();
    if (nowMs - state.recoveredMs < backoff.maxMs) return;
    state.recoveredMs = nowMs;
    jobs = dueAgain(jobs, state.config.id, nowMs);
  }

  function connectionFailed(reason: string): void {
    failedConnects++;
    connectErrors++;
    const retryAt = monotonicNow() + backoffMs(backoff, failedConnects, random());
    for (const state of states.values()) {
      const { id } = state.config;
      notBefore.set(id, Math.max(retryAt, notBefore.get(id) ?? 0));
      state.recorder.failed(`${where}: ${reason}`, host.now());
      allPointsBad(state.config, 'not-connected');
      setOffline(state, `${where}: ${reason}`);
    }
  }

  function setOnline(state: UnitState): void {
    state.online = true;
    host.state(state.config.id, { online: true });
  }

  function setOffline(state: UnitState, reason: string): void {
    state.online = false;
    host.state(state.config.id, { online: false, reason });
  }

  const allPointsBad = (config: BusUnit, quality: Quality): void =>
    pointsBad(config, pointNames(config.model), quality);

  function pointsBad(config: BusUnit, points: readonly string[], quality: Quality): void {
    const gatewayTimeMs = host.now();
    host.readings(
      config.id,
      points.map((point) => ({ point, value: null, quality, gatewayTimeMs })),
    );
  }

  /** Of what is known now; worked out again only when something was learned. */
  function planned(): number {
    const scheduled = [...states.values()].map(({ config, memory }) => ({ ...config, learned: memory.learned() }));
    const known = scheduled.map(({ learned }) => learned);
    if (known.some((learned, at) => learned !== plannedFor[at])) {
      plannedUtilisation = busLoad(scheduled, line).utilisation;
      plannedFor = known;
    }
    return plannedUtilisation;
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      bus.close();
      await running;
    },
    diagnosis() {
      const skipped = Map.groupBy(jobs, ({ device }) => device);
      const units = [...states.values()].map(({ config, recorder, online }) =>
        recorder.snapshot({
          id: config.id,
          unit: config.unit,
          online,
          slotsSkipped: (skipped.get(config.id) ?? []).reduce((sum, job) => sum + job.skipped, 0),
        }),
      );
      return {
        where,
        requests: units.reduce((sum, unit) => sum + unit.requests, 0),
        connects,
        connectErrors,
        utilisation: utilisation.share(monotonicNow()),
        plannedUtilisation: planned(),
        units,
      };
    },
  };
}

const jobsOf = (unit: BusUnit): Pick<Job, 'device' | 'pollClass' | 'intervalMs'>[] =>
  pollClassesOf(unit).map((pollClass) => ({ device: unit.id, pollClass, intervalMs: unit.pollMs[pollClass] }));
