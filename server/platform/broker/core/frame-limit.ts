// Follows the frames of one MQTT byte stream and says when one announces more bytes than allowed, before they arrive.

export interface FrameLimit {
  /** @returns false as soon as a frame is too large or its length is malformed; the stream is then of no use any more. */
  accept(bytes: Uint8Array): boolean;
}

/** MQTT 3.1.1, 2.2.3: the remaining length has at most four bytes of seven bits. */
const LENGTH_BYTES = 4;

/** @param maxPacketBytes largest remaining length (topic and payload of a PUBLISH) in bytes. */
export function createFrameLimit(maxPacketBytes: number): FrameLimit {
  let skip = 0;
  let lengthByte = -1; // -1: the next byte is a fixed header
  let length = 0;
  return {
    accept(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (skip > 0) {
          const step = Math.min(skip, bytes.length - at);
          skip -= step;
          at += step;
          continue;
        }
        const byte = bytes[at++] ?? 0;
        if (lengthByte < 0) {
          lengthByte = 0;
          length = 0;
          continue;
        }
        length += (byte & 0x7f) * 128 ** lengthByte;
        lengthByte++;
        if (byte >= 0x80) {
          if (lengthByte === LENGTH_BYTES) return false;
          continue;
        }
        if (length > maxPacketBytes) return false;
        skip = length;
        lengthByte = -1;
      }
      return true;
    },
  };
}
