// Loads the device library in a thread of its own: reading 150 files takes up to a second, in which no device would be polled.
import { Worker } from 'node:worker_threads';
import { ConfigurationError, type LoadedLibrary, type Problem } from '@louwei/device-profiles';

export type LibraryMessage = { readonly library: LoadedLibrary } | { readonly problems: readonly Problem[] };

/** @throws ConfigurationError as `loadLibrary` does. */
export function loadLibraryApart(folders: readonly string[]): Promise<LoadedLibrary> {
  const worker = new Worker(new URL('./library-thread.ts', import.meta.url), { workerData: folders });
  return new Promise((resolve, reject) => {
    worker.once('message', (message: LibraryMessage) => {
      if ('library' in message) resolve(message.library);
      else reject(new ConfigurationError(message.problems));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread that loads the device library ended without a word')));
  });
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
