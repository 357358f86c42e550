// The thread of library-apart.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { ConfigurationError, loadLibrary } from '@louwei/device-profiles';
import type { LibraryMessage } from './library-apart.ts';

const say = (message: LibraryMessage): void => parentPort?.postMessage(message);

try {
  say({ library: loadLibrary(workerData as string[]) });
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  say({ problems: error.problems });
}
