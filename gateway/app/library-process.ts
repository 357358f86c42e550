// The program of library-apart.ts: loads the folders of its arguments and writes what came of it to stdout.
import { writeSync } from 'node:fs';
import { serialize } from 'node:v8';
import { ConfigurationError, loadLibrary } from '@louwei/device-profiles';
import type { LibraryMessage } from './library-apart.ts';

function outcome(folders: readonly string[]): LibraryMessage {
  try {
    return { library: loadLibrary(folders) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { problems: error.problems };
    throw error;
  }
}

const bytes = serialize(outcome(process.argv.slice(2)));
for (let written = 0; written < bytes.length; ) written += writeSync(1, bytes, written);
