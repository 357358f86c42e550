// Frames of Modbus RTU: requests to bytes, and what came back to an answer or a fault (Modbus over Serial Line V1.02, 2.5.1;
// Modbus Application Protocol V1.1b3, 6.1-6.4, 7). There is no transaction number: unit, function and length must match.
import { type Area, bytesOf, isBitArea, type Span } from '../../../polling/core/span.ts';

export const FUNCTIONS: Readonly<Record<Area, number>> = { coil: 1, discrete: 2, holding: 3, input: 4 };

/** Polynomial 0xA001, start value 0xFFFF, low byte first on the wire (V1.02, 6.2.2). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export function rtuRequest(unit: number, { area, address, count }: Span): Uint8Array {
  const body = [unit, FUNCTIONS[area], address >> 8, address & 0xff, count >> 8, count & 0xff];
  const crc = crc16(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
}

export type RtuVerdict =
  | { readonly kind: 'partial' }
  | { readonly kind: 'answer'; readonly registers: readonly number[] }
  | { readonly kind: 'exception'; readonly code: number }
  | { readonly kind: 'fault'; readonly reason: string };

const fault = (reason: string): RtuVerdict => ({ kind: 'fault', reason });
const EXCEPTION_BYTES = 5;

/** @param bytes everything that came since the request was sent, in however many pieces. */
export function checkRtuAnswer(bytes: Uint8Array, unit: number, span: Span): RtuVerdict {
  const functionCode = FUNCTIONS[span.area];
  const [gotUnit, gotFunction, gotCount] = bytes;
  if (gotUnit === undefined) return { kind: 'partial' };
  if (gotUnit !== unit) return fault(`answer of unit ${gotUnit} instead of ${unit}`);
  if (gotFunction === undefined) return { kind: 'partial' };
  const isException = gotFunction === (functionCode | 0x80);
  if (gotFunction !== functionCode && !isException)
    return fault(`answer with function ${gotFunction} instead of ${functionCode}`);
  const dataBytes = bytesOf(span);
  if (!isException && gotCount !== undefined && gotCount !== dataBytes)
    return fault(`answer with ${gotCount} data bytes instead of ${dataBytes}`);
  const length = isException ? EXCEPTION_BYTES : EXCEPTION_BYTES + dataBytes;
  if (bytes.length < length) return { kind: 'partial' };
  if (bytes.length > length) return fault('more bytes than the answer has');
  const crc = crc16(bytes.subarray(0, length - 2));
  if (bytes[length - 2] !== (crc & 0xff) || bytes[length - 1] !== crc >> 8)
    return fault('answer with a wrong checksum');
  if (isException) return { kind: 'exception', code: gotCount ?? 0 };
  return { kind: 'answer', registers: registersOf(bytes.subarray(3, length - 2), span) };
}

function registersOf(data: Uint8Array, { area, count }: Span): number[] {
  const at = (index: number): number => data[index] ?? 0;
  return Array.from({ length: count }, (_, index) =>
    isBitArea(area) ? (at(index >> 3) >> (index & 7)) & 1 : at(index * 2) * 256 + at(index * 2 + 1),
  );
}
