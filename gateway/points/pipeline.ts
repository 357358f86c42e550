// The way of every reading from a driver to the outbox: judged point by point, kept only when it says something new.
import { pointNames } from '@louwei/device-profiles';
import type { DeviceState } from '../drivers/port.ts';
import { type Clocks, stepBetween } from './core/clock-step.ts';
import { expectEveryMs, type ScheduledDevice } from './core/expectation.ts';
import {
  judge,
  judgeSilence,
  NOTHING_KNOWN,
  onNewClock,
  type PointState,
  type ReportRule,
  type ReportWish,
  reportRule,
} from './core/report.ts';
import type { Reading, Sample } from './reading.ts';

/** The point every device has: whether it answers. */
export const COMM_POINT = 'comm';
/**
 * Longest silence of `comm`, ms, as of every point that is read fast. The driver watches the device all the time, so what
 * it last said is true now, and the repetition carries the present time.
 */
const COMM_MAX_SILENCE_MS = 60_000;

export interface PipelineDevice extends ScheduledDevice {
  readonly id: string;
  /** By point; what the configuration wants otherwise than the class. */
  readonly report?: Readonly<Record<string, ReportWish>>;
}

export interface PointPipelineOptions {
  readonly devices: readonly PipelineDevice[];
  /** Takes the samples worth keeping, in the order in which they were read. */
  readonly sink: (samples: Sample[]) => void;
  /** Unix ms. */
  readonly now: () => number;
  /** Ms of a clock that nobody sets; left out: that of `now`. */
  readonly steady?: () => number;
}

export interface PointPipeline {
  /** Readings of points the device's model does not have are ignored. */
  readings(deviceId: string, readings: readonly Reading[]): void;
  state(deviceId: string, state: DeviceState): void;
  /** Finds values that are no longer renewed; call about once a second with the time of the same clock as `now`. */
  tick(nowMs: number): void;
  /** All points of the device as they are now, `comm` first; what was never read is null and `not-connected`. */
  current(deviceId: string): Sample[];
  /** Why the device does not answer, or null while it does or nothing is known yet. */
  offlineReason(deviceId: string): string | null;
  /**
   * These devices from now on. What is known of a device stays, judged by its new rules, unless it is in `fresh`: it is
   * read in another way, and what was read before says nothing of it.
   */
  update(devices: readonly PipelineDevice[], fresh: ReadonlySet<string>): void;
}

interface Tracked {
  rule: ReportRule;
  state: PointState;
}

interface TrackedDevice {
  readonly id: string;
  readonly points: Map<string, Tracked>;
  comm: Sample;
  known: boolean;
  reason: string | null;
}

export function createPointPipeline({ devices, sink, now, steady = now }: PointPipelineOptions): PointPipeline {
  const startedAtMs = now();
  let clocks: Clocks = { wallMs: startedAtMs, steadyMs: steady() };
  let tracked = trackDevices(devices, startedAtMs);

  const send = (samples: Sample[]): void => {
    if (samples.length > 0) sink(samples);
  };

  /** Before anything is judged by its age. */
  function followClock(): void {
    const present: Clocks = { wallMs: now(), steadyMs: steady() };
    const stepMs = stepBetween(clocks, present);
    clocks = present;
    if (stepMs === 0) return;
    for (const device of tracked.values()) {
      device.comm = { ...device.comm, gatewayTimeMs: device.comm.gatewayTimeMs + stepMs };
      for (const point of device.points.values()) point.state = onNewClock(point.state, stepMs);
    }
  }

  return {
    readings(deviceId, readings) {
      followClock();
      const device = tracked.get(deviceId);
      if (device === undefined) return;
      const kept: Sample[] = [];
      for (const reading of readings) {
        const point = device.points.get(reading.point);
        if (point === undefined) continue;
        const { state, keep } = judge(point.state, reading, point.rule);
        point.state = state;
        if (keep !== null) kept.push({ device: deviceId, ...keep });
      }
      send(kept);
    },

    state(deviceId, state) {
      const device = tracked.get(deviceId);
      if (device === undefined) return;
      device.reason = state.online ? null : state.reason;
      if (device.known && device.comm.value === state.online) return;
      device.known = true;
      device.comm = {
        device: deviceId,
        point: COMM_POINT,
        value: state.online,
        quality: 'good',
        gatewayTimeMs: now(),
      };
      send([device.comm]);
    },

    tick(nowMs) {
      followClock();
      const kept: Sample[] = [];
      for (const device of tracked.values()) {
        if (device.known && nowMs - device.comm.gatewayTimeMs >= COMM_MAX_SILENCE_MS) {
          device.comm = { ...device.comm, gatewayTimeMs: nowMs };
          kept.push(device.comm);
        }
        for (const point of device.points.values()) {
          const { state, keep } = judgeSilence(point.state, point.rule, nowMs);
          point.state = state;
          if (keep !== null) kept.push({ device: device.id, ...keep });
        }
      }
      send(kept);
    },

    current(deviceId) {
      const device = tracked.get(deviceId);
      if (device === undefined) return [];
      const points = [...device.points].map(([name, { state }]): Sample => {
        const reading = state.latest ?? neverRead(name, startedAtMs);
        return { device: deviceId, ...reading };
      });
      return [device.comm, ...points];
    },

    offlineReason: (deviceId) => tracked.get(deviceId)?.reason ?? null,

    update(next, fresh) {
      const nowMs = now();
      const made = trackDevices(next, nowMs);
      for (const device of made.values()) {
        const known = fresh.has(device.id) ? undefined : tracked.get(device.id);
        if (known === undefined) continue;
        for (const [name, { rule }] of device.points) {
          const point = known.points.get(name);
          if (point !== undefined) point.rule = rule;
        }
        made.set(device.id, known);
      }
      tracked = made;
    },
  };
}

function trackDevices(devices: readonly PipelineDevice[], startedAtMs: number): Map<string, TrackedDevice> {
  const shared = new Map<string, ReportRule>();
  return new Map(devices.map((device) => [device.id, trackDevice(device, startedAtMs, shared)]));
}

/** @param shared rules by content: thousands of points are judged by a handful of them. */
function trackDevice(device: PipelineDevice, startedAtMs: number, shared: Map<string, ReportRule>): TrackedDevice {
  const points = pointNames(device.model).map((name): [string, Tracked] => {
    const rule = reportRule(device.class.points[name], expectEveryMs(device, name), device.report?.[name]);
    const key = JSON.stringify(rule);
    const known = shared.get(key) ?? rule;
    shared.set(key, known);
    return [name, { rule: known, state: NOTHING_KNOWN }];
  });
  return {
    id: device.id,
    points: new Map(points),
    comm: { device: device.id, ...neverRead(COMM_POINT, startedAtMs) },
    known: false,
    reason: null,
  };
}

const neverRead = (point: string, timeMs: number): Reading => ({
  point,
  value: null,
  quality: 'not-connected',
  gatewayTimeMs: timeMs,
});
