// Quality of a reading and the reason when it is not good. The reason travels with the value from the driver to the
// screen; the codes are stored in the database, so they are never renumbered.

/** Stable code of each quality reason. 0 is good, 1-63 uncertain, 64 and above bad. */
export const QUALITY_CODES = {
  good: 0,
  /** set by a person or another point instead of the sensor */
  substituted: 1,
  /** the device has not renewed the value within its declared schedule (3 missed) */
  stale: 2,
  /** the device gave a time that cannot be true */
  'clock-suspect': 3,
  /** outside the physical range of the point's class */
  'out-of-range': 64,
  /** the device's own "not available" marker (0xFFFF, 32766, NaN, ...) */
  sentinel: 65,
  'sensor-fault': 66,
  'sensor-open': 67,
  'not-present': 68,
  'over-range': 69,
  'under-range': 70,
  /** the device did not answer in time */
  timeout: 71,
  /** the device answered with a protocol exception or a bad status */
  exception: 72,
  /** no connection to the device */
  'not-connected': 73,
  /** the answer could not be decoded into the point's type */
  'decode-error': 74,
} as const;

export type Quality = keyof typeof QUALITY_CODES;

const names = new Map<number, Quality>(Object.entries(QUALITY_CODES).map(([name, code]) => [code, name as Quality]));

/** @returns the quality of a stored code; an unknown code is a fault of the sensor side, never "good". */
export const qualityOfCode = (code: number): Quality => names.get(code) ?? 'sensor-fault';

export const isGood = (quality: Quality): boolean => quality === 'good';
