// Answers one request from a device's memory. Reads only: every write is refused, as the product never writes by default.
import type { ModbusPoint } from '@louwei/device-profiles';
import { EXCEPTION, exception } from './frame.ts';

type Area = ModbusPoint['area'];

const READS: Readonly<Record<number, { area: Area; bits: boolean; most: number }>> = {
  1: { area: 'coil', bits: true, most: 2000 },
  2: { area: 'discrete', bits: true, most: 2000 },
  3: { area: 'holding', bits: false, most: 125 },
  4: { area: 'input', bits: false, most: 125 },
};

/** @param limit most registers the product answers in one read */
export function answer(pdu: Buffer, memory: (area: Area) => ReadonlyMap<number, number>, limit: number): Buffer {
  const functionCode = pdu[0] ?? 0;
  const read = READS[functionCode];
  // FC 05, 06, 15 and 16 included: a simulated device takes no orders.
  if (read === undefined) return exception(functionCode, EXCEPTION.illegalFunction);
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
