// One Sparkplug device: whether it is there, and what its metrics become.
import type { SparkplugModel } from '@louwei/device-profiles';
import { SPARKPLUG_CONFIRM_MS } from '../../points/core/expectation.ts';
import type { Reading } from '../../points/reading.ts';
import type { DriverDevice, DriverHost } from '../port.ts';
import type { SparkplugConnection } from './connection.ts';
import type { NamedMetric } from './core/declared.ts';
import * as presence from './core/presence.ts';
import { absentIn, pointsByMetric, readingsOf } from './core/readings.ts';

export type SparkplugDriverDevice = DriverDevice<SparkplugModel, SparkplugConnection>;

export interface SparkplugDevice {
  readonly config: SparkplugDriverDevice;
  born(metrics: readonly NamedMetric[]): void;
  data(metrics: readonly NamedMetric[]): void;
  /** A birth is on its way, or has been asked for; what was said last is no longer confirmed. */
  awaited(): void;
  /** It is known to be gone. */
  gone(reason: string): void;
  /**
   * Notices that no birth comes, and reads quiet points anew: the edge node reports changes only, and its births and deaths
   * guarantee that what it said last holds. @param silentMs age of the broker's last word: nothing newer is confirmed.
   */
  tick(silentMs: number): void;
}

export function createSparkplugDevice(
  config: SparkplugDriverDevice,
  host: DriverHost,
  monotonicNow: () => number,
): SparkplugDevice {
  const { id, model, connection } = config;
  const who = [connection.group, connection.edgeNode, connection.device].filter(Boolean).join('/');
  const points = pointsByMetric(model, (point) => config.class.points[point]?.kind);
  /** What the device shows now, by point; empty while that is not known. */
  const latest = new Map<string, { readonly reading: Reading; readonly toldAtMs: number }>();
  const reportsChanges = model.sparkplug.expectEveryS === undefined;
  let state = presence.UNKNOWN;
  /** Points that could not be read since the birth: each is told once. */
  const unreadable = new Set<string>();

  function remember(readings: readonly Reading[], toldAtMs: number): void {
    for (const reading of readings) latest.set(reading.point, { reading, toldAtMs });
  }

  function take(metrics: readonly NamedMetric[], absent: readonly Reading[]): void {
    const nowMs = host.now();
    const { readings, historical, fault } = readingsOf(points, metrics, nowMs);
    if (fault !== null && !unreadable.has(fault.point)) {
      unreadable.add(fault.point);
      host.log.warn({ device: id, ...fault }, 'a metric that cannot be read');
    }
    remember([...absent, ...readings], monotonicNow());
    // After the past the present again; where changes are reported, this message shows that it still holds.
    const past = new Set(historical.map(({ point }) => point));
    const present = [...past].flatMap((point): Reading[] => {
      const known = latest.get(point)?.reading;
      return known === undefined || readings.includes(known)
        ? []
        : [{ ...known, gatewayTimeMs: reportsChanges ? nowMs : known.gatewayTimeMs }];
    });
    remember(present, monotonicNow());
    const all = [...historical, ...absent, ...readings, ...present];
    if (all.length > 0) host.readings(id, all);
  }

  function become(next: presence.Presence): void {
    if (next === state) return;
    const before = state;
    state = next;
    if (next.kind === 'born') host.state(id, { online: true });
    if (next.kind !== 'gone') return;
    latest.clear();
    if (before.kind !== 'gone') {
      const gatewayTimeMs = host.now();
      const names = Object.keys(model.points);
      host.readings(
        id,
        names.map((point) => ({ point, value: null, quality: 'not-connected', gatewayTimeMs })),
      );
    }
    if (before.kind !== 'gone' || before.reason !== next.reason) host.state(id, { online: false, reason: next.reason });
  }

  return {
    config,
    born(metrics) {
      latest.clear();
      unreadable.clear();
      take(metrics, absentIn(points, metrics, host.now()));
      become(presence.BORN);
    },
    data: (metrics) => take(metrics, []),
    awaited() {
      latest.clear();
      become(presence.awaited(state, monotonicNow()));
    },
    gone: (reason) => become(presence.gone(reason)),
    tick(silentMs) {
      const nowMs = monotonicNow();
      become(presence.waited(state, nowMs, who));
      if (state.kind !== 'born' || !reportsChanges) return;
      const aliveAtMs = nowMs - silentMs;
      const gatewayTimeMs = Math.floor(host.now() - silentMs);
      const confirmed = [...latest.values()].flatMap(({ reading, toldAtMs }): Reading[] =>
        aliveAtMs - toldAtMs >= SPARKPLUG_CONFIRM_MS ? [{ ...reading, gatewayTimeMs }] : [],
      );
      remember(confirmed, aliveAtMs);
      if (confirmed.length > 0) host.readings(id, confirmed);
    },
  };
}
