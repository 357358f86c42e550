// Says that a file has other contents than before: editors write it in place, in pieces, or put a new one in its place.
import { readFileSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

const SETTLED_MS = 500;

/** @throws the system's error when it cannot watch. @returns a function that ends it. */
export function watchFile(path: string, changed: () => void): () => void {
  const file = resolve(path);
  let known = contentsOf(file);
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dirname(file), (_event, name) => {
    if (name !== null && name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const contents = contentsOf(file);
      // Gone: somebody is about to put another in its place.
      if (contents === undefined || contents === known) return;
      known = contents;
      changed();
    }, SETTLED_MS);
  });
  watcher.on('error', () => watcher.close());
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

function contentsOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
