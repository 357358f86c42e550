// What a message on a command topic means to the device, by its model.
import { convertRaw, type MqttModel, pickPath, writeValueFault } from '@louwei/device-profiles';

/** Topics below the base topic on which the device takes commands. */
export const commandTopicsOf = (model: MqttModel): string[] => [
  ...new Set(Object.values(model.points).flatMap(({ write }) => write?.topic ?? [])),
];

/** @returns points with values in their unit; nothing for what the device does not understand or may not do. */
export function commandsIn(model: MqttModel, topic: string, text: string): [string, number][] {
  const payload = parse(text);
  return Object.entries(model.points).flatMap(([name, point]): [string, number][] => {
    if (point.write?.topic !== topic) return [];
    const raw = point.write.path === undefined ? payload : pickPath(payload, point.write.path);
    const { value } = convertRaw(point, raw);
    const told = typeof value === 'number' && writeValueFault(point.write, value) === null;
    return told ? [[name, value]] : [];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
