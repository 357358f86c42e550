// Modbus TCP framing: bytes to requests and answers to bytes (Modbus Messaging on TCP/IP V1.0b, 3.1.3).

export interface Frame {
  readonly transaction: number;
  readonly unit: number;
  readonly pdu: Buffer;
}

const HEADER = 7;
const MAX_PDU = 253;

/** Takes whole frames from the front of `bytes`. @returns null when the stream is no Modbus TCP and must be closed. */
export function takeFrames(bytes: Buffer): { frames: Frame[]; rest: Buffer } | null {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes.readUInt16BE(at + 2) !== 0 || length < 2 || length > MAX_PDU + 1) return null;
    if (bytes.length - at < 6 + length) break;
    frames.push({
      transaction: bytes.readUInt16BE(at),
      unit: bytes.readUInt8(at + 6),
      pdu: bytes.subarray(at + HEADER, at + 6 + length),
    });
    at += 6 + length;
  }
  return { frames, rest: bytes.subarray(at) };
}

export function toBytes({ transaction, unit, pdu }: Frame): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(transaction, 0);
  header.writeUInt16BE(pdu.length + 1, 4);
  header.writeUInt8(unit, 6);
  return Buffer.concat([header, pdu]);
}

export const EXCEPTION = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  busy: 6,
  noTargetAnswer: 11,
} as const;

export const exception = (functionCode: number, code: number): Buffer => Buffer.from([functionCode | 0x80, code]);
