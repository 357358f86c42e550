// The wall clock of one process, moved while it runs (libfaketime before the C library); its monotonic clock runs on.
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = '/usr/lib';

export interface FalseClock {
  readonly env: Readonly<Record<string, string>>;
  /** Seconds from the true time; 0 is the truth. */
  set(offsetS: number): void;
}

/** @returns undefined where the library is not installed. */
export function createFalseClock(folder: string): FalseClock | undefined {
  const found = existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [];
  const library = found
    // The other one looks at its file from several threads at once, and node has several.
    .map((platform) => join(LIBRARIES, platform, 'faketime/libfaketimeMT.so.1'))
    .find((file) => existsSync(file));
  if (library === undefined) return undefined;
  const file = join(folder, 'clock');
  const set = (offsetS: number): void => {
    // It may be read at any moment: an empty file would be no time at all.
    writeFileSync(`${file}.new`, `${offsetS < 0 ? '-' : '+'}${Math.abs(offsetS)}\n`);
    renameSync(`${file}.new`, file);
  };
  set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  };
}
