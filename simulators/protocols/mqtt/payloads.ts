// Values of a device as the messages its model describes: one JSON object per topic, or the bare value.
import type { MqttModel } from '@louwei/device-profiles';
import type { PointValues } from '../../plant/plant.ts';
import { spoken } from '../device.ts';

type Json = { [key: string]: unknown };

/** @returns payload by topic below the base topic, without the device's own time. */
export function payloadsOf(model: MqttModel, values: PointValues): ReadonlyMap<string, Json | string> {
  const payloads = new Map<string, Json | string>();
  for (const [name, point] of Object.entries(model.points)) {
    const value = spoken(point, values[name] ?? null);
    if (point.path === undefined) {
      payloads.set(point.topic, String(value));
      continue;
    }
    const payload = payloads.get(point.topic);
    const object = typeof payload === 'object' ? payload : {};
    setPath(object, point.path, typeof value === 'number' ? Number(value.toPrecision(7)) : value);
    payloads.set(point.topic, object);
  }
  return payloads;
}

/** The message as sent, with the device's own time where the model has one. */
export function toText(payload: Json | string, timePath: string | undefined, nowMs: number): string {
  if (typeof payload === 'string') return payload;
  const message = structuredClone(payload);
  if (timePath !== undefined) setPath(message, timePath, new Date(nowMs).toISOString());
  return JSON.stringify(message);
}

function setPath(target: Json, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? path;
  let object = target;
  for (const key of keys) {
    const inner = object[key];
    const next = typeof inner === 'object' && inner !== null ? (inner as Json) : {};
    object[key] = next;
    object = next;
  }
  object[last] = value;
}
