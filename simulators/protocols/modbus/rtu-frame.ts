// RTU framing on a stream, as a converter before a serial line carries it (Modbus over Serial Line V1.02, 2.5.1): unit,
// PDU and checksum, without header; the length follows from the function.
import type { Frame } from './frame.ts';

const CRC_BYTES = 2;
const LONGEST = 256;

/** Polynomial 0xA001, start value 0xFFFF; over a whole frame it is 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** Bytes of a request, or null when more must come to tell. */
function lengthOf(bytes: Buffer): number | null {
  const functionCode = bytes[1];
  if (functionCode === undefined) return null;
  if (functionCode === 0x0f || functionCode === 0x10) return bytes[6] === undefined ? null : 7 + bytes[6] + CRC_BYTES;
  return 8;
}

/** Takes whole requests from the front of `bytes`. Damaged ones are dropped with all behind them, as a device does. */
export function takeRtuFrames(bytes: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  for (;;) {
    const length = lengthOf(rest);
    if (length === null || rest.length < length)
      return { frames, rest: rest.length < LONGEST ? rest : Buffer.alloc(0) };
    const frame = rest.subarray(0, length);
    if (crc16(frame) !== 0) return { frames, rest: Buffer.alloc(0) };
    frames.push({ transaction: 0, unit: frame.readUInt8(0), pdu: frame.subarray(1, -CRC_BYTES) });
    rest = rest.subarray(length);
  }
}

export function toRtuBytes({ unit, pdu }: Frame): Buffer {
  const body = Buffer.concat([Buffer.from([unit]), pdu]);
  const crc = crc16(body);
  return Buffer.concat([body, Buffer.from([crc & 0xff, crc >> 8])]);
}
