// Writing over Modbus RTU: FC 05 for a coil, FC 06 for one register, FC 16 for several, and the echo of each (Modbus
// Application Protocol V1.1b3, 6.5, 6.6, 6.12). Every byte of the echo is known beforehand.
import type { Span } from '../../../polling/core/span.ts';
import { crc16, type RtuVerdict } from './rtu-frame.ts';

/** A span to write instead of to read. */
export interface WriteSpan extends Span {
  readonly words: readonly number[];
  /** Asked right before the frame leaves; false: it must not any more. */
  readonly begin?: () => boolean;
}

export const isWrite = (span: Span): span is WriteSpan => 'words' in span;

const EXCEPTION_BYTES = 5;
const ON = 0xff00;
const word = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];

function functionOf({ area, words }: WriteSpan): number {
  if (area === 'coil') return 5;
  return words.length === 1 ? 6 : 16;
}

function framed(body: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
}

function head(unit: number, span: WriteSpan): number[] {
  const functionCode = functionOf(span);
  const [first = 0] = span.words;
  const single = functionCode === 5 && first !== 0 ? ON : first;
  return [unit, functionCode, ...word(span.address), ...word(functionCode === 16 ? span.words.length : single)];
}

export function rtuWriteRequest(unit: number, span: WriteSpan): Uint8Array {
  const values = functionOf(span) === 16 ? [span.words.length * 2, ...span.words.flatMap(word)] : [];
  return framed([...head(unit, span), ...values]);
}

/** @param bytes everything that came since the request was sent, in however many pieces. */
export function checkRtuEcho(bytes: Uint8Array, unit: number, span: WriteSpan): RtuVerdict {
  const functionCode = functionOf(span);
  const isException = bytes[0] === unit && bytes[1] === (functionCode | 0x80);
  if (isException && bytes.length < EXCEPTION_BYTES) return { kind: 'partial' };
  const wanted = isException ? framed([unit, functionCode | 0x80, bytes[2] ?? 0]) : framed(head(unit, span));
  if (bytes.length > wanted.length) return { kind: 'fault', reason: 'more bytes than the answer has' };
  if (bytes.some((byte, index) => byte !== wanted[index]))
    return { kind: 'fault', reason: 'the device echoes another write' };
  if (bytes.length < wanted.length) return { kind: 'partial' };
  return isException ? { kind: 'exception', code: bytes[2] ?? 0 } : { kind: 'answer', registers: [] };
}
