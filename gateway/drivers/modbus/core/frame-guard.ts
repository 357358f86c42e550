// Looks at the header of every answer before the library does. The library numbers requests modulo 256 only, accepts any
// protocol id and never finds its place again after a wrong length; here such an answer is a fault, and a fault costs
// the connection. (MODBUS Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3: MBAP header.)

export interface AnswerHeader {
  readonly transaction: number;
  readonly unit: number;
}

export type GuardVerdict =
  | { readonly kind: 'partial' | 'complete' }
  | { readonly kind: 'fault'; readonly reason: string };

const HEADER_BYTES = 6;
/** Unit, function and at least one byte; ADU of 260 bytes at most. */
const SHORTEST = 3;
const LONGEST = 254;

const fault = (reason: string): GuardVerdict => ({ kind: 'fault', reason });

/** @param bytes everything that came since the request was sent, in however many pieces. */
export function checkAnswer(bytes: Uint8Array, expected: AnswerHeader): GuardVerdict {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 2 && view.getUint16(0) !== expected.transaction)
    return fault(`answer to another request (transaction ${view.getUint16(0)} instead of ${expected.transaction})`);
  if (bytes.length >= 4 && view.getUint16(2) !== 0)
    return fault(`answer of another protocol (id ${view.getUint16(2)} instead of 0)`);
  if (bytes.length < HEADER_BYTES) return { kind: 'partial' };
  const length = view.getUint16(4);
  if (length < SHORTEST || length > LONGEST) return fault(`answer with an impossible length (${length})`);
  if (bytes.length > HEADER_BYTES && bytes[HEADER_BYTES] !== expected.unit)
    return fault(`answer of unit ${bytes[HEADER_BYTES]} instead of ${expected.unit}`);
  if (bytes.length > HEADER_BYTES + length) return fault('more bytes than the answer has');
  return { kind: bytes.length === HEADER_BYTES + length ? 'complete' : 'partial' };
}
