// Against a host without watermarks: what was published a while ago, over a connection that still lives, is delivered.

const SETTLE_MS = 2_000;

export interface PlainDelivery {
  /** A session has begun, or ended. */
  session(isOpen: boolean): void;
  /** The host is not one that acknowledges by watermark. */
  applies(proven: boolean): boolean;
  /** @returns up to which record everything counts as delivered, when that is news. */
  settled(publishedThrough: number): number | undefined;
}

/** @param always it is known beforehand; else a host that sends no watermark for `foreignAfterMs` is taken for one. */
export function createPlainDelivery(always: boolean, foreignAfterMs: number, now: () => number): PlainDelivery {
  let sinceMs: number | undefined;
  let settling: { readonly seq: number; readonly atMs: number } | undefined;
  return {
    session(isOpen) {
      sinceMs = isOpen ? now() : undefined;
      settling = undefined;
    },
    applies: (proven) => always || (!proven && sinceMs !== undefined && now() - sinceMs >= foreignAfterMs),
    settled(publishedThrough) {
      const done = settling !== undefined && now() - settling.atMs >= SETTLE_MS ? settling.seq : undefined;
      if (settling === undefined || done !== undefined) settling = { seq: publishedThrough, atMs: now() };
      return done;
    },
  };
}
