// From a device's model to its read requests, and from their outcomes back to readings.
import {
  type Decoded,
  type Derivation,
  decodeRegisters,
  derivationsOf,
  derive,
  type EquipmentClass,
  type ModbusModel,
  type ModbusPoint,
  pointSpans,
  type Quality,
} from '@louwei/device-profiles';
import type { Reading } from '../../points/reading.ts';
import { type Learned, limitsOf, obstaclesOf } from './learned.ts';
import type { ReadCost } from './line-cost.ts';
import { minimumRequests, planReads, requestsFor } from './read-plan.ts';
import type { PollClass } from './schedule.ts';
import { endOf, overlaps, PROTOCOL_LIMITS, type Span } from './span.ts';

/** One place of registers that a point needs; several spans where its parts do not lie side by side. */
export interface PlannedPlace {
  readonly name: string;
  readonly place: ModbusPoint;
  readonly spans: readonly Span[];
}

export interface PlannedPoint {
  readonly name: string;
  /** One for a mapped point; every operand for a derived one. */
  readonly places: readonly PlannedPlace[];
  readonly derivation: Derivation | null;
}

export interface DevicePlan {
  readonly points: readonly PlannedPoint[];
  /** All wanted spans. */
  readonly wanted: readonly Span[];
  readonly requests: readonly Span[];
  /** Fewest requests possible if everything between the wanted spans could be read for free. */
  readonly minimumRequests: number;
  /** Wanted spans the device is known to refuse. */
  readonly illegal: readonly Span[];
}

/** What became of one request. `answer` has exactly the asked number of registers (bits as 0 and 1). */
export type ReadOutcome =
  | { readonly kind: 'answer'; readonly registers: readonly number[] }
  | { readonly kind: 'exception'; readonly code: number }
  /** timeout: silence; garbled: an answer that cannot be one; closed: the connection was lost meanwhile. */
  | { readonly kind: 'timeout' | 'garbled' | 'closed'; readonly reason: string };

export interface TimedOutcome {
  readonly outcome: ReadOutcome;
  /** Unix ms at which it was known. */
  readonly timeMs: number;
}

/** Shared by all devices of one model: hundreds of devices with dozens of points would keep the same again and again. */
const pointsOfModel = new WeakMap<ModbusModel, readonly PlannedPoint[]>();

function plannedPoints(
  model: ModbusModel,
  equipmentClass: EquipmentClass,
  classes: readonly PollClass[],
): PlannedPoint[] {
  const all = pointsOfModel.get(model) ?? allPoints(model);
  pointsOfModel.set(model, all);
  return all.filter(({ name }) => classes.includes(equipmentClass.points[name]?.poll ?? 'normal'));
}

function allPoints(model: ModbusModel): PlannedPoint[] {
  const planned = (name: string, place: ModbusPoint): PlannedPlace => ({
    name,
    place,
    spans: pointSpans(model, place),
  });
  const mapped = Object.entries(model.points).map(
    ([name, place]): PlannedPoint => ({ name, places: [planned(name, place)], derivation: null }),
  );
  const derived = derivationsOf(model).map(
    (derivation): PlannedPoint => ({
      name: derivation.point,
      places: derivation.operands.map(({ name, place }) => planned(name, place)),
      derivation,
    }),
  );
  return [...mapped, ...derived];
}

const spansOf = ({ places }: PlannedPoint): Span[] => places.flatMap(({ spans }) => spans);

export function planDevice(
  model: ModbusModel,
  equipmentClass: EquipmentClass,
  classes: readonly PollClass[],
  cost: ReadCost,
  learned: Learned,
): DevicePlan {
  const points = plannedPoints(model, equipmentClass, classes);
  const wanted = points.flatMap(spansOf);
  const { maxRegistersPerRead, maxGapRegisters } = model.modbus;
  const ofModel = { ...PROTOCOL_LIMITS, maxRegisters: maxRegistersPerRead, maxGap: maxGapRegisters };
  const longest = wanted.reduce((most, { count }) => Math.max(most, count), 1);
  // What was learned never cuts a value apart: half of it would be of another moment.
  const found = limitsOf(learned, ofModel);
  const limits = { ...found, maxRegisters: Math.min(ofModel.maxRegisters, Math.max(found.maxRegisters, longest)) };
  return {
    points,
    wanted,
    requests: planReads(wanted, limits, cost, obstaclesOf(learned)),
    minimumRequests: minimumRequests(wanted, ofModel),
    illegal: learned.illegal.flatMap(({ span }) => wanted.filter((one) => overlaps(one, span))),
  };
}

/**
 * Readings of every point whose requests were made; a point of several requests is as bad as the worst of them.
 * @param outcomes by what was really read: a refused block is replaced by its parts.
 * @param nowMs Unix ms; the time of points that are not asked for because the device is known to refuse them.
 */
export function readingsOf(
  plan: Pick<DevicePlan, 'points' | 'illegal'>,
  model: ModbusModel,
  outcomes: ReadonlyMap<Span, TimedOutcome>,
  nowMs: number,
): Reading[] {
  return plan.points.flatMap(({ name, places, derivation }): Reading[] => {
    const decoded = new Map<string, Decoded>();
    let gatewayTimeMs = 0;
    for (const { name: placeName, place, spans } of places) {
      const gathered = gather(spans, plan.illegal, outcomes, nowMs);
      if (gathered === null) return [];
      gatewayTimeMs = Math.max(gatewayTimeMs, gathered.timeMs);
      decoded.set(
        placeName,
        'failed' in gathered
          ? { value: null, quality: qualityOfOutcome(gathered.failed) }
          : decodeRegisters(place, model.modbus.wordOrder, gathered.registers),
      );
    }
    const none: Decoded = { value: null, quality: 'decode-error' };
    const decodedOf = (placeName: string): Decoded => decoded.get(placeName) ?? none;
    const result = derivation === null ? decodedOf(name) : derive(derivation, decodedOf);
    return [{ point: name, ...result, gatewayTimeMs }];
  });
}

type Failure = Exclude<ReadOutcome['kind'], 'answer'>;
type Gathered = { readonly timeMs: number } & (
  | { readonly registers: readonly number[] }
  | { readonly failed: Failure }
);

/** Registers of the spans one after the other, or why there are none; null when one of their requests was not made. */
function gather(
  spans: readonly Span[],
  illegal: readonly Span[],
  outcomes: ReadonlyMap<Span, TimedOutcome>,
  nowMs: number,
): Gathered | null {
  const requests = [...outcomes.keys()];
  const registers: number[] = [];
  let timeMs = 0;
  let failed: Failure | null = null;
  for (const span of spans) {
    const parts = requestsFor(span, requests);
    if (parts.length === 0) {
      if (!illegal.some((refused) => overlaps(refused, span))) return null;
      failed ??= 'exception';
      timeMs = nowMs;
    }
    for (const index of parts) {
      const request = requests[index];
      const timed = request === undefined ? undefined : outcomes.get(request);
      if (request === undefined || timed === undefined) return null;
      timeMs = Math.max(timeMs, timed.timeMs);
      if (timed.outcome.kind !== 'answer') {
        failed ??= timed.outcome.kind;
        continue;
      }
      const from = Math.max(0, span.address - request.address);
      registers.push(...timed.outcome.registers.slice(from, endOf(span) - request.address));
    }
  }
  return failed === null ? { timeMs, registers } : { timeMs, failed };
}

export function qualityOfOutcome(kind: Failure): Quality {
  switch (kind) {
    case 'exception':
      return 'exception';
    case 'timeout':
      return 'timeout';
    case 'garbled':
      return 'decode-error';
    case 'closed':
      return 'not-connected';
  }
}
