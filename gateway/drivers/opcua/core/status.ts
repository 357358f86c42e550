// OPC UA status codes in the product's words. The upper 16 bits are the code (OPC 10000-4, 7.39); severity is in the
// topmost two: 00 good, 01 uncertain, 10 bad.
import type { Quality } from '@louwei/device-profiles';

const KNOWN: Readonly<Record<number, Quality>> = {
  150: 'substituted', // GoodLocalOverride
  16527: 'stale', // UncertainNoCommunicationLastUsableValue
  16528: 'stale', // UncertainLastUsableValue
  16529: 'substituted', // UncertainSubstituteValue
  16532: 'out-of-range', // UncertainEngineeringUnitsExceeded
  32778: 'timeout', // BadTimeout
  32817: 'not-connected', // BadNoCommunication
  32818: 'not-connected', // BadWaitingForInitialData
  32906: 'not-connected', // BadNotConnected
  32907: 'sensor-fault', // BadDeviceFailure
  32908: 'sensor-fault', // BadSensorFailure
  32909: 'not-present', // BadOutOfService
};

export function qualityOfStatus(status: number): Quality {
  const known = KNOWN[status >>> 16];
  if (known !== undefined) return known;
  const severity = status >>> 30;
  if (severity === 0) return 'good';
  // An uncertain value is kept and marked; `stale` is the mark that promises least without calling it wrong.
  return severity === 1 ? 'stale' : 'exception';
}

/** The server's queue was full and a value before this one is lost: InfoType DataValue, Overflow (OPC 10000-4, 7.39.1). */
export const isOverflow = (status: number): boolean => (status & 0x0c00) === 0x0400 && (status & 0x0080) !== 0;
