// What goes wrong between a healthy machine and its gateway: nuisances of the device's own electronics, by name.
import type { DeviceModel } from '@louwei/device-profiles';

const EVERY_PROTOCOL = { 'frozen-value': 'the device answers, but its values no longer move' } as const;

const MODBUS = {
  'slow-answers': 'each answer comes 3 s late',
  busy: 'every request is refused with exception 06 (server device busy)',
  'wrong-unit': 'answers carry the unit number of another device',
  'dropped-connection': 'the connection is closed at each request',
} as const;

export type Nuisance = keyof typeof EVERY_PROTOCOL | keyof typeof MODBUS;

export const SLOW_ANSWER_MS = 3000;

/** Name of each nuisance a device of the protocol can have, and what it does. */
export const nuisancesOf = (protocol: DeviceModel['protocol']): Readonly<Record<string, string>> =>
  protocol === 'modbus' ? { ...EVERY_PROTOCOL, ...MODBUS } : EVERY_PROTOCOL;
