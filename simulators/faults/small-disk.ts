// A file system of a few megabytes in memory, for disks that are full. Needs the right to mount.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Somebody else takes all the room that is left. */
  fill(): void;
  makeRoom(): void;
  unmount(): void;
}

/** @returns undefined, with a word on stderr, where mounting is not allowed. */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'louwei-disk-'));
  const mounted = spawnSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) {
    rmdirSync(path);
    process.stderr.write(`SKIPPED: no small file system (${mounted.error?.message ?? mounted.stderr.trim()})\n`);
    return undefined;
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      const { bavail, bsize } = statfsSync(path);
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize));
      } catch (error) {
        // The gateway was quicker: what is written already fills the disk all the same.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    unmount() {
      spawnSync('/usr/bin/umount', [path]);
      rmdirSync(path);
    },
  };
}
