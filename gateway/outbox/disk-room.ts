// How large the log may grow, and a few megabytes held back beside it: on a full disk not even deleting works, because
// SQLite has to write what it deletes. The ballast is given up when the disk is full, and taken again when there is room.
import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const BALLAST_BYTES = 4_000_000;
/** How often a disk that was full is tried for room again. */
const TRY_AGAIN_MS = 10_000;

export interface DiskRoom {
  /** Most bytes the log may use now. */
  limitBytes(): number;
  /** The disk refused a write while the log used so many bytes: it must not grow into the room of the ballast. */
  onFull(usedBytes: number): void;
  readonly isFull: boolean;
  /** How much of the room for the log, by its limit and by what the disk has left, so many bytes take; 0 to 1. */
  share(usedBytes: number): number;
}

export function createDiskRoom(file: string, maxBytes: number, now: () => number): DiskRoom {
  const ballast = `${file}.ballast`;
  let fullAtBytes = Number.POSITIVE_INFINITY;
  let triedAtMs = now();

  function take(): boolean {
    try {
      if (statSync(ballast, { throwIfNoEntry: false })?.size === BALLAST_BYTES) return true;
      // Random: a file system that compresses or leaves holes would reserve nothing for zeros.
      writeFileSync(ballast, randomBytes(BALLAST_BYTES));
      return true;
    } catch {
      rmSync(ballast, { force: true });
      return false;
    }
  }

  take();
  return {
    limitBytes() {
      if (fullAtBytes !== Number.POSITIVE_INFINITY && now() - triedAtMs >= TRY_AGAIN_MS) {
        triedAtMs = now();
        if (take()) fullAtBytes = Number.POSITIVE_INFINITY;
      }
      return Math.min(maxBytes, fullAtBytes);
    },
    onFull(usedBytes) {
      rmSync(ballast, { force: true });
      fullAtBytes = Math.min(fullAtBytes, usedBytes * 0.95);
      triedAtMs = now();
    },
    share(usedBytes) {
      const room = Math.min(this.limitBytes(), usedBytes + freeBytes(file));
      return room <= 0 ? 1 : Math.min(1, usedBytes / room);
    },
    get isFull() {
      return fullAtBytes !== Number.POSITIVE_INFINITY;
    },
  };
}

function freeBytes(file: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY; // a disk that does not say it is known to be full only when it refuses
  }
}
