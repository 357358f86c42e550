// Reads all devices of one bus, one request at a time, for ever. A device that does not answer costs the others at most
// one of its timeouts per probe, and is probed less and less often.
import { type EquipmentClass, type ModbusModel, pointNames, type Quality } from '@louwei/device-profiles';
import type { DriverHost } from '../drivers/port.ts';
import type { Bus } from './bus.ts';
import { backoffMs } from './core/backoff.ts';
import {
  type DevicePlan,
  halve,
  planDevice,
  qualityOfOutcome,
  type ReadOutcome,
  readingsOf,
  type TimedOutcome,
} from './core/device-plan.ts';
import { rotate, type Span } from './core/read-plan.ts';
import { createSchedule, type Job, nextTurn, type PollClass, type Turn, takeTurn, wakeAt } from './core/schedule.ts';
import { pause } from './pause.ts';

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
  readonly connectTimeoutMs?: number;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /** Monotonic ms. */
  readonly monotonicNow?: () => number;
  readonly random?: () => number;
}

export interface BusRunner {
  start(): void;
  stop(): Promise<void>;
}

/** A device is called offline after this many turns in a row without any answer. */
const FAILED_TURNS_UNTIL_OFFLINE = 2;
const CLASSES: readonly PollClass[] = ['fast', 'normal', 'slow'];

interface UnitState {
  readonly config: BusUnit;
  failedTurns: number;
  /** The block that failed last; the next turn begins behind it. */
  after: Span | null;
  readonly barriers: Set<string>;
  readonly plans: Map<string, DevicePlan>;
}

export function createBusRunner(options: BusRunnerOptions): BusRunner {
  const { bus, host, where } = options;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const backoff = options.backoff ?? { baseMs: 1000, maxMs: 30_000 };
  const states = new Map<string, UnitState>(
    options.units.map((config) => [
      config.id,
      { config, failedTurns: 0, after: null, barriers: new Set(), plans: new Map() },
    ]),
  );
  const notBefore = new Map<string, number>();
  const stopping = new AbortController();
  let jobs: readonly Job[] = [];
  let failedConnects = 0;
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    jobs = createSchedule(options.units.flatMap(jobsOf), monotonicNow());
    while (!stopping.signal.aborted) {
      const turn = nextTurn(jobs, monotonicNow(), notBefore);
      if (turn === null) {
        await pause(wakeAt(jobs, notBefore) - monotonicNow(), stopping.signal);
        continue;
      }
      jobs = takeTurn(jobs, turn, monotonicNow());
      await takeDevice(turn);
    }
  }

  async function takeDevice(turn: Turn): Promise<void> {
    const state = states.get(turn.device);
    if (state === undefined) return;
    const connection = await bus.connect(options.connectTimeoutMs ?? 3000);
    if (stopping.signal.aborted) return;
    if (!connection.ok) return connectionFailed(connection.reason);
    failedConnects = 0;
    const plan = planOf(state, turn.classes);
    const outcomes = await readBlocks(state, plan);
    if (stopping.signal.aborted) return;
    conclude(state, plan, outcomes);
  }

  /** One failed block ends the turn: the others on the bus wait for one timeout, not for one per block. */
  async function readBlocks(state: UnitState, plan: DevicePlan): Promise<Map<Span, TimedOutcome>> {
    const { unit, model } = state.config;
    const outcomes = new Map<Span, TimedOutcome>();
    const requests = rotate(plan.requests, state.after);
    state.after = null;
    for (const request of requests) {
      const outcome = await bus.read(unit, request, model.modbus.timeoutMs);
      if (stopping.signal.aborted) break;
      outcomes.set(request, { outcome, timeMs: host.now() });
      if (isSilence(outcome)) {
        state.after = request;
        break;
      }
      if (model.modbus.pauseMs > 0) await pause(model.modbus.pauseMs, stopping.signal);
    }
    return outcomes;
  }

  function conclude(state: UnitState, plan: DevicePlan, outcomes: Map<Span, TimedOutcome>): void {
    const { id, model } = state.config;
    for (const [request, { outcome }] of outcomes) learn(state, plan, request, outcome);
    const all = [...outcomes.values()];
    if (all.length === 0 || all.some(({ outcome }) => isFromDevice(outcome))) {
      state.failedTurns = 0;
      notBefore.delete(id);
      host.readings(id, readingsOf(plan, model, outcomes));
      if (all.length > 0) host.state(id, { online: true });
      return;
    }
    state.failedTurns++;
    const last = all.at(-1)?.outcome;
    const quality = last === undefined || last.kind === 'answer' ? 'timeout' : qualityOfOutcome(last.kind);
    if (state.failedTurns >= FAILED_TURNS_UNTIL_OFFLINE) {
      notBefore.set(id, monotonicNow() + backoffMs(backoff, state.failedTurns - 1, random()));
      // The state follows the readings: whoever hears "offline" finds no good value any more.
      allPointsBad(state.config, quality);
      host.state(id, { online: false, reason: reasonOf(state.config, last) });
    } else {
      pointsBad(state.config, plan, quality);
    }
  }

  function connectionFailed(reason: string): void {
    failedConnects++;
    const retryAt = monotonicNow() + backoffMs(backoff, failedConnects, random());
    for (const { config } of states.values()) {
      notBefore.set(config.id, Math.max(retryAt, notBefore.get(config.id) ?? 0));
      allPointsBad(config, 'not-connected');
      host.state(config.id, { online: false, reason: `${where}: ${reason}` });
    }
  }

  function pointsBad(config: BusUnit, plan: DevicePlan, quality: Quality): void {
    const gatewayTimeMs = host.now();
    host.readings(
      config.id,
      plan.points.map(({ name }) => ({ point: name, value: null, quality, gatewayTimeMs })),
    );
  }

  function allPointsBad(config: BusUnit, quality: Quality): void {
    const gatewayTimeMs = host.now();
    const names = pointNames(config.model);
    host.readings(
      config.id,
      names.map((point) => ({ point, value: null, quality, gatewayTimeMs })),
    );
  }

  function planOf(state: UnitState, classes: readonly PollClass[]): DevicePlan {
    const key = classes.toSorted().join(' ');
    const known = state.plans.get(key);
    if (known !== undefined) return known;
    const plan = planDevice(state.config.model, state.config.class, classes, state.barriers);
    state.plans.set(key, plan);
    return plan;
  }

  /** A block refused for its addresses is halved until the unreadable register stands alone. */
  function learn(state: UnitState, plan: DevicePlan, request: Span, outcome: ReadOutcome): void {
    if (outcome.kind !== 'exception' || (outcome.code !== 2 && outcome.code !== 3)) return;
    const barrier = halve(plan, request);
    if (barrier === null || state.barriers.has(barrier)) return;
    state.barriers.add(barrier);
    state.plans.clear();
    host.log.info(
      { device: state.config.id, area: request.area, address: request.address, count: request.count },
      `the device refuses this block (exception ${hex(outcome.code)}); reading it in smaller blocks`,
    );
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
  };
}

function jobsOf(unit: BusUnit): Pick<Job, 'device' | 'pollClass' | 'intervalMs'>[] {
  const wanted = pointNames(unit.model).map((name) => unit.class.points[name]?.poll ?? 'normal');
  return CLASSES.filter((pollClass) => wanted.includes(pollClass)).map((pollClass) => ({
    device: unit.id,
    pollClass,
    intervalMs: unit.pollMs[pollClass],
  }));
}

/** Nothing usable came back; the connection is gone or suspect. */
const isSilence = (outcome: ReadOutcome): boolean => outcome.kind !== 'answer' && outcome.kind !== 'exception';

/** Exceptions 0A and 0B come from a gateway in front of the device: they say that the device itself did not answer. */
const isFromDevice = (outcome: ReadOutcome): boolean =>
  outcome.kind === 'answer' || (outcome.kind === 'exception' && outcome.code !== 0x0a && outcome.code !== 0x0b);

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(2, '0');

function reasonOf(config: BusUnit, outcome: ReadOutcome | undefined): string {
  if (outcome === undefined || outcome.kind === 'answer') return `unit ${config.unit} does not answer`;
  if (outcome.kind === 'exception')
    return `unit ${config.unit}: the gateway in front of it reports no answer (exception ${hex(outcome.code)})`;
  return `unit ${config.unit}: ${outcome.reason}`;
}
