// How often a living point is heard of: the declared schedule from which `stale` and "no data" are judged.
import type { DeviceModel, EquipmentClass } from '@louwei/device-profiles';

/**
 * An OPC UA server sends changes only, and keep-alives in between which guarantee that what it sent last still holds.
 * The driver passes that guarantee on as a reading of each quiet point once in this time, ms.
 */
export const OPCUA_CONFIRM_MS = 10_000;
/** A Sparkplug edge node sends changes only, too, and its births and deaths guarantee the rest in the same way, ms. */
export const SPARKPLUG_CONFIRM_MS = 10_000;

/** Missed expectations after which a value is stale. */
export const MISSED_UNTIL_STALE = 3;

export interface ScheduledDevice {
  readonly model: DeviceModel;
  readonly class: EquipmentClass;
  readonly pollMs: { readonly fast: number; readonly normal: number; readonly slow: number };
}

/**
 * Longest silence of a living point, ms. After {@link MISSED_UNTIL_STALE} of them the value is stale.
 * @param grantedMs what the line grants where that is known and slower: a server may revise the intervals it was asked for.
 */
export function expectEveryMs(device: ScheduledDevice, point: string, grantedMs = 0): number {
  return Math.max(declaredMs(device, point), grantedMs);
}

function declaredMs(device: ScheduledDevice, point: string): number {
  const pollMs = device.pollMs[device.class.points[point]?.poll ?? 'normal'];
  switch (device.model.protocol) {
    case 'modbus':
      return pollMs;
    case 'opcua':
      return Math.max(pollMs, OPCUA_CONFIRM_MS);
    case 'mqtt':
      return device.model.mqtt.expectEveryS * 1000;
    case 'sparkplug': {
      const { expectEveryS } = device.model.sparkplug;
      return expectEveryS === undefined ? Math.max(pollMs, SPARKPLUG_CONFIRM_MS) : expectEveryS * 1000;
    }
  }
}
