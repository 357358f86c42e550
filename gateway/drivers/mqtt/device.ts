// One MQTT device: its topics, its liveness and what its messages become.
import type { MqttModel } from '@louwei/device-profiles';
import type { Reading } from '../../points/reading.ts';
import type { DeviceState, DriverDevice, DriverHost } from '../port.ts';
import type { MqttConnection } from './connection.ts';
import * as liveness from './core/liveness.ts';
import { decodeMessage, type TopicPoint } from './core/message.ts';

export interface MqttDevice {
  readonly topics: readonly string[];
  message(topic: string, payload: Uint8Array, retained: boolean): void;
  reached(): void;
  lost(reason: string): void;
  /** Notices silence; call about once a second. */
  tick(): void;
}

export function createMqttDevice(
  device: DriverDevice<MqttModel, MqttConnection>,
  host: DriverHost,
  monotonicNow: () => number,
): MqttDevice {
  const { id, model } = device;
  const { baseTopic } = device.connection;
  const topicOf = (below: string): string => (below === '' ? baseTopic : `${baseTopic}/${below}`);
  const byTopic = new Map<string, TopicPoint[]>();
  for (const [name, point] of Object.entries(model.points)) {
    const topic = topicOf(point.topic);
    const kind = device.class.points[name]?.kind;
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), { name, point, kind }]);
  }
  const { availability, expectEveryS } = model.mqtt;
  const availabilityTopic = availability === undefined ? null : topicOf(availability.topic);
  /** The broker hands the retained message out again at every connection; it must not look new each time. */
  const lastOn = new Map<string, { readonly payload: Uint8Array; readonly atMs: number }>();
  let life = liveness.UNKNOWN;
  let faults = 0;
  let faultLogged = false;

  function live(next: liveness.Liveness): void {
    const before = life.state;
    life = next;
    if (next.state !== null && !sameState(before, next.state)) host.state(id, next.state);
  }

  /** The device is known to be gone; of one that is merely silent the values go stale by themselves. */
  function gone(next: liveness.Liveness): void {
    if (life.state?.online !== false) host.readings(id, allBad());
    live(next);
  }

  function allBad(): Reading[] {
    const gatewayTimeMs = host.now();
    return Object.keys(model.points).map((point) => ({ point, value: null, quality: 'not-connected', gatewayTimeMs }));
  }

  function data(topic: string, points: readonly TopicPoint[], payload: Uint8Array, retained: boolean): void {
    const arrivedAtMs = host.now();
    const before = lastOn.get(topic);
    const again = retained && before !== undefined && Buffer.compare(before.payload, payload) === 0;
    if (!again) lastOn.set(topic, { payload, atMs: arrivedAtMs });
    const firstSeenMs = again ? before.atMs : undefined;
    const decoded = decodeMessage(model.mqtt, points, { payload, retained, arrivedAtMs, firstSeenMs });
    if (decoded.fault === null) {
      if (faultLogged) host.log.info({ device: id, malformed: faults }, 'messages can be read again');
      faultLogged = false;
    } else {
      faults++;
      if (!faultLogged)
        host.log.warn({ device: id, malformed: faults, fault: decoded.fault }, 'malformed message dropped');
      faultLogged = true;
    }
    host.readings(id, decoded.readings);
    if (decoded.alive) live(liveness.heard(monotonicNow()));
  }

  return {
    topics: [...byTopic.keys(), ...(availabilityTopic === null ? [] : [availabilityTopic])],
    message(topic, payload, retained) {
      if (availability !== undefined && topic === availabilityTopic) {
        const said = new TextDecoder().decode(payload).trim();
        if (said === availability.online) live(liveness.heard(monotonicNow()));
        else if (said === availability.offline) gone(liveness.reportedOffline(life));
        else host.log.warn({ device: id, said: said.slice(0, 60) }, 'unknown word on the availability topic');
      }
      const points = byTopic.get(topic);
      if (points !== undefined) data(topic, points, payload, retained);
    },
    reached: () => live(liveness.reached(monotonicNow())),
    lost: (reason) => gone(liveness.lost(reason)),
    tick: () => live(liveness.silent(life, monotonicNow(), expectEveryS)),
  };
}

const sameState = (a: DeviceState | null, b: DeviceState): boolean =>
  a !== null && a.online === b.online && (a.online || b.online || a.reason === b.reason);
