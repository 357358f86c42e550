// What goes wrong between a healthy machine and its gateway: nuisances of the device's own electronics, by name.
import type { DeviceModel } from '@louwei/device-profiles';

const EVERY_PROTOCOL = {
  'frozen-value': 'the device answers, but its values no longer move',
  drift: 'measured values wander upwards by 6 % of their range a minute',
  'dropped-connection': 'the connection is closed as soon as it is used',
} as const;

const CLOCK_OFF = { 'clock-off': 'the device’s clock is one hour ahead' } as const;
const GARBLED = { garbled: 'what it sends is damaged on the way' } as const;

const MODBUS = {
  'slow-answers': 'each answer comes 3 s late',
  busy: 'every request is refused with exception 06 (server device busy)',
  'wrong-unit': 'answers carry the unit number of another device',
  'missing-register': 'the last register of each area is refused with exception 02, as by an older firmware',
  ...GARBLED,
} as const;

const OPCUA = { 'slow-answers': 'each change is shown 3 s late', ...CLOCK_OFF } as const;
const MQTT = { 'slow-answers': 'each message comes 3 s late', ...GARBLED } as const;

export type Nuisance =
  | keyof typeof EVERY_PROTOCOL
  | keyof typeof CLOCK_OFF
  | keyof typeof MODBUS
  | keyof typeof OPCUA
  | keyof typeof MQTT;

export const SLOW_ANSWER_MS = 3000;
export const CLOCK_OFF_MS = 3_600_000;
/** Share of the point's range by which a drifting value moves each second. */
export const DRIFT_PER_S = 0.001;

/** Name of each nuisance a device of the model can have, and what it does. A clock only where the device sends its time. */
export function nuisancesOf(model: DeviceModel): Readonly<Record<string, string>> {
  if (model.protocol === 'modbus') return { ...EVERY_PROTOCOL, ...MODBUS };
  if (model.protocol === 'opcua') return { ...EVERY_PROTOCOL, ...OPCUA };
  if (model.protocol === 'sparkplug') return { ...EVERY_PROTOCOL, ...CLOCK_OFF, ...GARBLED };
  return { ...EVERY_PROTOCOL, ...MQTT, ...(model.mqtt.timePath === undefined ? {} : CLOCK_OFF) };
}
