// The last deltas, as they were sent, for clients that come back. Bounded in number and in size; the oldest go first.

export interface DeltaRing {
  /** Of the last delta; 0 before the first. */
  readonly seq: number;
  /** Remembers the next delta; its seq has to be `seq + 1`. */
  push(seq: number, text: string): void;
  /** Everything after `seq`, in order; null when part of it is forgotten or `seq` has never been. */
  since(seq: number): readonly string[] | null;
}

/** @param maxChars of all remembered texts together. */
export function createDeltaRing(maxDeltas: number, maxChars: number): DeltaRing {
  const texts: string[] = [];
  let head = 0;
  let chars = 0;
  let lastSeq = 0;
  return {
    get seq() {
      return lastSeq;
    },
    push(seq, text) {
      if (seq !== lastSeq + 1) throw new Error(`delta ${seq} after ${lastSeq}`);
      lastSeq = seq;
      texts.push(text);
      chars += text.length;
      while (texts.length - head > maxDeltas || (chars > maxChars && head < texts.length)) {
        chars -= texts[head]?.length ?? 0;
        texts[head] = '';
        head++;
      }
      // Moving the rest once per `maxDeltas` pushes costs less than an array shift per push.
      if (head > maxDeltas) {
        texts.splice(0, head);
        head = 0;
      }
    },
    since(seq) {
      const missed = lastSeq - seq;
      if (!Number.isInteger(seq) || missed < 0 || missed > texts.length - head) return null;
      return missed === 0 ? [] : texts.slice(-missed);
    },
  };
}
