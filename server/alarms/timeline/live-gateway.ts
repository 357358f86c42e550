// What the gateways of a cast would send: births, readings in the order of each gateway's outbox, and their end.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { NamedMetric } from '../../ingest/core/session-effects.ts';
import { deviceBirth, nodeBirth } from '../../ingest/testing-facts.ts';
import type { GatewayMessage } from './live-server.ts';
import type { Cast, StageReading } from './stage.ts';

const EPOCH = 1;

interface LiveGateways {
  readonly ids: readonly string[];
  /** A gateway and its equipment introduce themselves. */
  birth(gatewayId: string, receivedAtMs: number): readonly GatewayMessage[];
  death(gatewayId: string, timeMs: number): readonly GatewayMessage[];
  data(readings: readonly StageReading[], receivedAtMs: number): readonly GatewayMessage[];
}

/** @param lateReadings how many readings lie in each outbox, older than what is sent live. */
export function createLiveGateways(
  cast: Cast,
  classes: ReadonlyMap<string, EquipmentClass>,
  lateReadings: number,
): LiveGateways {
  const gatewayOf = (equipmentId: string): string => {
    const member = cast.get(equipmentId);
    if (member === undefined) throw new Error(`found equipment ${equipmentId}, expected one of the cast`);
    return member.gatewayId;
  };
  const ids = [...new Set([...cast.keys()].map(gatewayOf))];
  const outboxes = new Map(ids.map((id) => [id, { late: 0, live: lateReadings }]));

  function metricOf({ equipmentId, point, value, quality, timeMs, late }: StageReading): NamedMetric {
    const outbox = outboxes.get(gatewayOf(equipmentId)) ?? { late: 0, live: 0 };
    const seq = late ? ++outbox.late : ++outbox.live;
    const type = typeof value === 'string' ? 'String' : 'Double';
    return { name: point, seq, metric: { type, value, timestampMs: timeMs, quality } };
  }

  return {
    ids,
    birth(gatewayId, receivedAtMs) {
      const born = { epoch: EPOCH, receivedAtMs };
      const devices = [...cast].filter(([id]) => gatewayOf(id) === gatewayId);
      return [
        { gatewayId, fact: nodeBirth(born) },
        ...devices.map(([id, { class: kind, bus }]) => {
          const points = Object.keys(classes.get(kind)?.points ?? {});
          return { gatewayId, fact: deviceBirth(id, { class: kind, bus, points }, born) };
        }),
      ];
    },
    death: (gatewayId, timeMs) => [
      { gatewayId, fact: { kind: 'node-death', device: '', receivedAtMs: timeMs, timeMs } },
    ],
    data(readings, receivedAtMs) {
      const byDevice = Map.groupBy(readings, ({ equipmentId }) => equipmentId);
      return [...byDevice].map(([device, own]) => ({
        gatewayId: gatewayOf(device),
        fact: { kind: 'data', device, receivedAtMs, epoch: EPOCH, metrics: own.map(metricOf), dropped: undefined },
      }));
    },
  };
}
