// The message that tells a device to take a value: on the model's command topic, bare or as a JSON object of one field.
import { type EquipmentClass, type MqttModel, rawOf } from '@louwei/device-profiles';

interface Addressed {
  readonly model: MqttModel;
  readonly class: EquipmentClass;
  readonly connection: { readonly baseTopic: string };
}

/** @returns null when the model has no command topic for the point. States are true and false. */
export function commandMessage(
  device: Addressed,
  name: string,
  value: number,
): { topic: string; payload: string } | null {
  const point = device.model.points[name];
  if (point?.write === undefined) return null;
  const raw = device.class.points[name]?.kind === 'state' ? value !== 0 : rawOf(point, value);
  const { topic, path } = point.write;
  const payload = path?.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), raw) ?? raw;
  return { topic: `${device.connection.baseTopic}/${topic}`, payload: JSON.stringify(payload) };
}
