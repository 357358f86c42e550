// Loads the device library in a process of its own. Reading 150 files takes up to a second, in which no device would be
// polled, and 80 MB of memory, most of which a process never gives back.
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deserialize } from 'node:v8';
import { ConfigurationError, type LoadedLibrary, type Problem } from '@louwei/device-profiles';

export type LibraryMessage = { readonly library: LoadedLibrary } | { readonly problems: readonly Problem[] };

const PROGRAM = join(import.meta.dirname, 'library-process.ts');
const MAX_BYTES = 256 * 2 ** 20;

/** @throws ConfigurationError as `loadLibrary` does. */
export async function loadLibraryApart(folders: readonly string[]): Promise<LoadedLibrary> {
  const options = { encoding: 'buffer', maxBuffer: MAX_BYTES } as const;
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...folders], options);
  return libraryOf(stdout);
}

/** At the start, when nothing waits yet. @throws ConfigurationError as `loadLibrary` does. */
export const loadLibraryAtStart = (folders: readonly string[]): LoadedLibrary =>
  libraryOf(
    execFileSync(process.execPath, [PROGRAM, ...folders], {
      maxBuffer: MAX_BYTES,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );

function libraryOf(bytes: Buffer): LoadedLibrary {
  const message = deserialize(bytes) as LibraryMessage;
  if ('library' in message) return message.library;
  throw new ConfigurationError(message.problems);
}

export interface Libraries {
  /** As the files are now. */
  readonly fresh: () => Promise<LoadedLibrary>;
  /** As they were for the last who asked: requests come in rows. */
  readonly kept: () => Promise<LoadedLibrary>;
}

/** A library is kept for a good minute after it was last asked for, not for ever. */
export function keepLibrary(load: () => Promise<LoadedLibrary>, keepMs = 90_000): Libraries {
  let last: Promise<LoadedLibrary> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const forget = (): void => {
    last = undefined;
  };
  const keep = (library: Promise<LoadedLibrary>): Promise<LoadedLibrary> => {
    clearTimeout(timer);
    timer = setTimeout(forget, keepMs).unref();
    last = library;
    library.catch(forget);
    return library;
  };
  return { fresh: () => keep(load()), kept: () => keep(last ?? load()) };
}
