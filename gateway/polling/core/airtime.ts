// What a schedule asks of its line before it runs: requests, the fewest possible, and the share of the line's time.
import type { EquipmentClass, ModbusModel } from '@louwei/device-profiles';
import { pointNames } from '@louwei/device-profiles';
import { planDevice } from './device-plan.ts';
import { type Learned, NOTHING_LEARNED } from './learned.ts';
import { airtimeMs, type Line, readCost } from './line-cost.ts';
import { POLL_ORDER, type PollClass } from './schedule.ts';
import type { Span } from './span.ts';

export interface ScheduledUnit {
  readonly id: string;
  readonly model: ModbusModel;
  readonly class: EquipmentClass;
  readonly pollMs: Readonly<Record<PollClass, number>>;
  readonly learned?: Learned;
}

export interface Load {
  readonly requestsPerS: number;
  /** If every gap could be read along for free and nothing were refused. */
  readonly minimumRequestsPerS: number;
  /** Share of the line's time, 1 = all of it. */
  readonly utilisation: number;
  /** The longest the line is taken by one turn of the device, ms. */
  readonly longestTurnMs: number;
}

export interface UnitLoad extends Load {
  readonly id: string;
  /** Requests of a turn in which everything is due. */
  readonly requests: readonly Span[];
}

export interface BusLoad extends Load {
  readonly units: readonly UnitLoad[];
}

export function busLoad(units: readonly ScheduledUnit[], line: Line): BusLoad {
  const loads = units.map((unit) => unitLoad(unit, line));
  const sum = (of: (load: Load) => number): number => loads.reduce((total, load) => total + of(load), 0);
  return {
    units: loads,
    requestsPerS: sum(({ requestsPerS }) => requestsPerS),
    minimumRequestsPerS: sum(({ minimumRequestsPerS }) => minimumRequestsPerS),
    utilisation: sum(({ utilisation }) => utilisation),
    longestTurnMs: loads.reduce((most, { longestTurnMs }) => Math.max(most, longestTurnMs), 0),
  };
}

function unitLoad(unit: ScheduledUnit, line: Line): UnitLoad {
  const cost = readCost(line);
  const classes = pollClassesOf(unit);
  const load = { requestsPerS: 0, minimumRequestsPerS: 0, utilisation: 0, longestTurnMs: 0 };
  let requests: readonly Span[] = [];
  for (const due of subsets(classes)) {
    const plan = planDevice(unit.model, unit.class, due, cost, unit.learned ?? NOTHING_LEARNED);
    const perS = 1000 * turnsPerMs(due, classes, unit.pollMs);
    const turnMs = plan.requests.reduce((total, span) => total + airtimeMs(line, span) + unit.model.modbus.pauseMs, 0);
    load.requestsPerS += perS * plan.requests.length;
    load.minimumRequestsPerS += perS * plan.minimumRequests;
    load.utilisation += (perS * turnMs) / 1000;
    load.longestTurnMs = Math.max(load.longestTurnMs, turnMs);
    if (due.length === classes.length) requests = plan.requests;
  }
  return { id: unit.id, requests, ...load };
}

/** The poll classes in which the device has points. */
export function pollClassesOf(unit: Pick<ScheduledUnit, 'model' | 'class'>): PollClass[] {
  const wanted = new Set(pointNames(unit.model).map((name) => unit.class.points[name]?.poll ?? 'normal'));
  return POLL_ORDER.filter((pollClass) => wanted.has(pollClass));
}

/** How often exactly these classes are due together: all slots lie on multiples of their intervals from one start. */
export function turnsPerMs(
  due: readonly PollClass[],
  all: readonly PollClass[],
  pollMs: Readonly<Record<PollClass, number>>,
): number {
  const others = all.filter((pollClass) => !due.includes(pollClass));
  return [[], ...subsets(others)].reduce(
    (rate, more) =>
      rate + (more.length % 2 === 0 ? 1 : -1) / commonMultiple([...due, ...more].map((one) => pollMs[one])),
    0,
  );
}

/** All subsets but the empty one. */
function subsets<Item>(items: readonly Item[]): Item[][] {
  const [first, ...rest] = items;
  if (first === undefined) return [];
  const others = subsets(rest);
  return [[first], ...others, ...others.map((set) => [first, ...set])];
}

const commonMultiple = (values: readonly number[]): number =>
  values.reduce((multiple, value) => (multiple / commonDivisor(multiple, value)) * value, 1);
const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** What an engineer should know before this runs, in words. */
export function warningsOf(load: BusLoad, fastestMs: number): string[] {
  const percent = Math.round(load.utilisation * 100);
  const warnings: string[] = [];
  if (load.utilisation > 1) warnings.push(`this schedule needs ${percent} % of the line: slots will be skipped`);
  else if (load.utilisation > 0.8)
    warnings.push(`this schedule needs ${percent} % of the line: little is left for retries`);
  if (load.longestTurnMs > fastestMs)
    warnings.push(
      `one turn takes up to ${Math.round(load.longestTurnMs)} ms, longer than the shortest interval of ${fastestMs} ms`,
    );
  return warnings;
}
