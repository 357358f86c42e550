// From a device's model to its read requests, and from their outcomes back to readings.
import {
  decodeRegisters,
  type EquipmentClass,
  type ModbusModel,
  type ModbusPoint,
  type Quality,
  registerCount,
  wireAddress,
} from '@louwei/device-profiles';
import type { Reading } from '../../points/reading.ts';
import { barrierAt, endOf, PROTOCOL_LIMITS, planReads, requestsFor, type Span } from './read-plan.ts';
import type { PollClass } from './schedule.ts';

export interface PlannedPoint {
  readonly name: string;
  readonly point: ModbusPoint;
  readonly span: Span;
}

export interface DevicePlan {
  readonly points: readonly PlannedPoint[];
  readonly requests: readonly Span[];
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

function plannedPoints(
  model: ModbusModel,
  equipmentClass: EquipmentClass,
  classes: readonly PollClass[],
): PlannedPoint[] {
  return Object.entries(model.points).flatMap(([name, point]) => {
    if (!classes.includes(equipmentClass.points[name]?.poll ?? 'normal')) return [];
    const span = { area: point.area, address: wireAddress(model, point), count: registerCount(point) };
    return [{ name, point, span }];
  });
}

export function planDevice(
  model: ModbusModel,
  equipmentClass: EquipmentClass,
  classes: readonly PollClass[],
  barriers: ReadonlySet<string>,
): DevicePlan {
  const points = plannedPoints(model, equipmentClass, classes);
  const limits = { ...PROTOCOL_LIMITS, maxRegisters: model.modbus.maxRegistersPerRead };
  const spans = points.map((point) => point.span);
  return { points, requests: planReads(spans, limits, barriers) };
}

/** Readings of every point whose requests were made; a point of several requests is as bad as the worst of them. */
export function readingsOf(plan: DevicePlan, model: ModbusModel, outcomes: ReadonlyMap<Span, TimedOutcome>): Reading[] {
  return plan.points.flatMap(({ name, point, span }) => {
    const parts: { request: Span; timed: TimedOutcome }[] = [];
    for (const index of requestsFor(span, plan.requests)) {
      const request = plan.requests[index];
      const timed = request === undefined ? undefined : outcomes.get(request);
      if (request === undefined || timed === undefined) return [];
      parts.push({ request, timed });
    }
    const gatewayTimeMs = Math.max(...parts.map((part) => part.timed.timeMs));
    const registers: number[] = [];
    for (const { request, timed } of parts) {
      if (timed.outcome.kind !== 'answer')
        return [{ point: name, value: null, quality: qualityOfOutcome(timed.outcome.kind), gatewayTimeMs }];
      const from = Math.max(0, span.address - request.address);
      registers.push(...timed.outcome.registers.slice(from, endOf(span) - request.address));
    }
    return [{ point: name, ...decodeRegisters(point, model.modbus.wordOrder, registers), gatewayTimeMs }];
  });
}

export function qualityOfOutcome(kind: Exclude<ReadOutcome['kind'], 'answer'>): Quality {
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

/**
 * A block refused as a whole (exception 02 illegal address, 03 illegal value) may contain a single unreadable register.
 * @returns the place in its middle where the next plan must begin a new request, or null when it cannot be halved.
 */
export function halve(plan: DevicePlan, refused: Span): string | null {
  const starts = new Set(
    plan.points
      .filter(({ span }) => requestsFor(span, [refused]).length > 0 && span.address > refused.address)
      .map(({ span }) => span.address),
  );
  const ordered = [...starts].sort((a, b) => a - b);
  const middle = ordered[Math.floor(ordered.length / 2)];
  return middle === undefined ? null : barrierAt({ area: refused.area, address: middle });
}
