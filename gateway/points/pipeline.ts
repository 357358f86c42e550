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
  /** How often points are heard of by what their line grants now, ms; see `DriverHost.expects`. */
  expects(deviceId: string, everyMs: ReadonlyMap<string, number>): void;
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
  readonly config: PipelineDevice;
  /** By point, ms. */
  readonly granted: ReadonlyMap<string, number>;
  readonly points: Map<string, Tracked>;
  comm: Sample;
  known: boolean;
  reason: string | null;
}

export function createPointPipeline({ devices, sink, now, steady = now }: PointPipelineOptions): PointPipeline {
  const startedAtMs = now();
  let clocks: Clocks = { wallMs: startedAtMs, steadyMs: steady() };
  /** By content: thousands of points are judged by a handful of rules. */
  const shared = new Map<string, ReportRule>();
  const ruleOf: RuleOf = (device, point, granted) => {
    const everyMs = expectEveryMs(device, point, granted.get(point));
    const rule = reportRule(device.class.points[point], everyMs, device.report?.[point]);
    const key = JSON.stringify(rule);
    const known = shared.get(key) ?? rule;
    shared.set(key, known);
    return known;
  };
  let tracked = new Map(devices.map((device) => [device.id, trackDevice(device, startedAtMs, ruleOf)]));

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

    expects(deviceId, everyMs) {
      const device = tracked.get(deviceId);
      if (device === undefined) return;
      tracked.set(deviceId, { ...device, granted: everyMs });
      for (const [name, point] of device.points) point.rule = ruleOf(device.config, name, everyMs);
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
      shared.clear();
      tracked = new Map(
        next.map((device) => {
          const known = fresh.has(device.id) ? undefined : tracked.get(device.id);
          if (known === undefined) return [device.id, trackDevice(device, nowMs, ruleOf)];
          for (const [name, point] of known.points) point.rule = ruleOf(device, name, known.granted);
          return [device.id, { ...known, config: device }];
        }),
      );
    },
  };
}

const NOTHING_GRANTED: ReadonlyMap<string, number> = new Map();

/** @param granted ms by point, see {@link PointPipeline.expects}. */
type RuleOf = (device: PipelineDevice, point: string, granted: ReadonlyMap<string, number>) => ReportRule;

function trackDevice(device: PipelineDevice, startedAtMs: number, ruleOf: RuleOf): TrackedDevice {
  const points = pointNames(device.model).map((name): [string, Tracked] => {
    return [name, { rule: ruleOf(device, name, NOTHING_GRANTED), state: NOTHING_KNOWN }];
  });
  return {
    id: device.id,
    config: device,
    granted: NOTHING_GRANTED,
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
