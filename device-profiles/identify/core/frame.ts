// One Modbus TCP read as bytes and its answer back (Modbus Messaging on TCP/IP V1.0b, 3.1.3). Function codes 1 to 4 only:
// this client has no bytes for a write.
import type { Answer, Block } from './survey.ts';

const FUNCTION_CODE: Readonly<Record<Block['area'], number>> = { coil: 1, discrete: 2, holding: 3, input: 4 };
const HEADER = 7;

export function requestBytes(transaction: number, unit: number, { area, address, count }: Block): Uint8Array {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint16(0, transaction);
  view.setUint16(4, 6);
  view.setUint8(6, unit);
  view.setUint8(7, FUNCTION_CODE[area]);
  view.setUint16(8, address);
  view.setUint16(10, count);
  return new Uint8Array(view.buffer);
}

/** @returns null while bytes are missing; a text when they are no answer to this request. */
export function readAnswer(bytes: Uint8Array, transaction: number, unit: number, block: Block): Answer | string | null {
  if (bytes.length < HEADER) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getUint16(4);
  if (view.getUint16(2) !== 0 || length < 3 || length > 254) return 'what it answers is not Modbus TCP';
  if (bytes.length < 6 + length) return null;
  if (view.getUint16(0) !== transaction) return 'it answers with the number of another request';
  if (view.getUint8(6) !== unit) return `it answers as unit ${view.getUint8(6)}`;
  const code = view.getUint8(7);
  const asked = FUNCTION_CODE[block.area];
  if (code === (asked | 0x80)) return { exception: view.getUint8(8) };
  const bits = asked <= 2;
  const size = bits ? Math.ceil(block.count / 8) : block.count * 2;
  if (code !== asked || length !== 3 + size || view.getUint8(8) !== size)
    return 'its answer has another form than was asked for';
  return {
    words: Array.from({ length: block.count }, (_, index) =>
      bits ? (view.getUint8(9 + (index >> 3)) >> (index & 7)) & 1 : view.getUint16(9 + index * 2),
    ),
  };
}
