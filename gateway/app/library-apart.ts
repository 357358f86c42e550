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
