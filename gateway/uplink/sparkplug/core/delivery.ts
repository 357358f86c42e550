// Identity of the samples in a Sparkplug payload, so that the server can prove that none is missing and none is double.
// Travels in the payload's `body` with `uuid` naming the encoding (Sparkplug B 3.0, 6.4.5: "uuid ... represents an
// encoding mechanism of the optional array of bytes"), which other Sparkplug products ignore.
//
// Layout, all unsigned LEB128 varints: epoch, number of metrics, first seq, then per further metric its seq minus the
// one before. A metric that is no sample (birth metadata) has seq 0; deltas are zigzag-coded so births may be unordered.

/** Value of the payload's `uuid` when `body` carries a {@link Delivery}. */
export const DELIVERY_ENCODING = 'louwei.delivery.1';

export interface Delivery {
  /** Identity of the outbox the samples come from; grows whenever an outbox had to be started anew. Integer >= 1. */
  readonly epoch: number;
  /** For each metric of the payload, in order: its sequence number in the outbox (1 to 2^52 - 1), or 0 when it is no sample. */
  readonly seqs: readonly number[];
}

export function encodeDelivery(delivery: Delivery): Uint8Array {
  const bytes: number[] = [];
  pushVarint(bytes, delivery.epoch);
  pushVarint(bytes, delivery.seqs.length);
  let previous = 0;
  for (const seq of delivery.seqs) {
    pushVarint(bytes, zigzag(seq - previous));
    previous = seq;
  }
  return Uint8Array.from(bytes);
}

/** @throws RangeError when the bytes are not a delivery: truncated, trailing bytes, or numbers past 2^53. */
export function decodeDelivery(bytes: Uint8Array): Delivery {
  const reader = { bytes, at: 0 };
  const epoch = readVarint(reader);
  const count = readVarint(reader);
  if (count > bytes.length) throw new RangeError(`delivery names ${count} metrics in ${bytes.length} bytes`);
  const seqs: number[] = [];
  let previous = 0;
  for (let index = 0; index < count; index++) {
    previous += unzigzag(readVarint(reader));
    if (previous < 0 || !Number.isSafeInteger(previous))
      throw new RangeError('delivery has an impossible sequence number');
    seqs.push(previous);
  }
  if (reader.at !== bytes.length) throw new RangeError('delivery has trailing bytes');
  return { epoch, seqs };
}

// Arithmetic instead of bit operators: sequence numbers pass 2^31.
const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

function readVarint(reader: { bytes: Uint8Array; at: number }): number {
  let value = 0;
  let factor = 1;
  for (;;) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) throw new RangeError('delivery is truncated');
    value += (byte & 0x7f) * factor;
    if (!Number.isSafeInteger(value)) throw new RangeError('delivery has a number past 2^53');
    if (byte < 0x80) return value;
    factor *= 0x80;
  }
}
