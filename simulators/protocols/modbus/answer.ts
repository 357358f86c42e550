// Answers one request from a device's memory. A write is refused unless the device's model allows it at that address.
import type { ModbusPoint } from '@louwei/device-profiles';
import { EXCEPTION, exception } from './frame.ts';

type Area = ModbusPoint['area'];

const READS: Readonly<Record<number, { area: Area; bits: boolean; most: number }>> = {
  1: { area: 'coil', bits: true, most: 2000 },
  2: { area: 'discrete', bits: true, most: 2000 },
  3: { area: 'holding', bits: false, most: 125 },
  4: { area: 'input', bits: false, most: 125 },
};

/** Takes words for an address. @returns false when nothing can be written there. */
export type TakeWords = (area: Area, address: number, words: readonly number[]) => boolean;

/**
 * @param limit most registers the product answers in one read
 * @param take absent: the product knows no function that writes
 */
export function answer(
  pdu: Buffer,
  memory: (area: Area) => ReadonlyMap<number, number>,
  limit: number,
  take?: TakeWords,
): Buffer {
  const functionCode = pdu[0] ?? 0;
  const read = READS[functionCode];
  if (read === undefined) return write(pdu, functionCode, take);
  if (pdu.length !== 5) return exception(functionCode, EXCEPTION.illegalValue);
  const start = pdu.readUInt16BE(1);
  const count = pdu.readUInt16BE(3);
  if (count < 1 || count > (read.bits ? read.most : limit)) return exception(functionCode, EXCEPTION.illegalValue);
  const words = memory(read.area);
  const values: number[] = [];
  for (let address = start; address < start + count; address++) {
    const word = words.get(address);
    if (word === undefined) return exception(functionCode, EXCEPTION.illegalAddress);
    values.push(word);
  }
  const data = read.bits ? packBits(values) : packWords(values);
  return Buffer.concat([Buffer.from([functionCode, data.length]), data]);
}

/** FC 05, 06 and 16; several coils at once (FC 15) no product of the library takes. */
function write(pdu: Buffer, functionCode: number, take: TakeWords | undefined): Buffer {
  if (take === undefined || (functionCode !== 5 && functionCode !== 6 && functionCode !== 16))
    return exception(functionCode, EXCEPTION.illegalFunction);
  const several = functionCode === 16;
  if (several ? pdu.length < 8 || pdu.length !== 6 + (pdu[5] ?? 0) : pdu.length !== 5)
    return exception(functionCode, EXCEPTION.illegalValue);
  const address = pdu.readUInt16BE(1);
  const second = pdu.readUInt16BE(3);
  if (functionCode === 5 && second !== 0 && second !== 0xff00) return exception(functionCode, EXCEPTION.illegalValue);
  if (several && pdu[5] !== second * 2) return exception(functionCode, EXCEPTION.illegalValue);
  const words = several
    ? Array.from({ length: second }, (_, index) => pdu.readUInt16BE(6 + index * 2))
    : [functionCode === 5 ? Number(second !== 0) : second];
  if (!take(functionCode === 5 ? 'coil' : 'holding', address, words))
    return exception(functionCode, EXCEPTION.illegalAddress);
  return Buffer.from(pdu.subarray(0, 5));
}

function packBits(bits: readonly number[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries()) {
    if (bit !== 0) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bytes;
}

function packWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 2);
  for (const [index, word] of words.entries()) bytes.writeUInt16BE(word, index * 2);
  return bytes;
}
