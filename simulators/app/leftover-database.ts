// The embedded database outlives a server that was killed. When everything stops, it must go too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Asks the database of a data directory, if one still runs, for a fast shutdown (SIGINT, PostgreSQL manual 18.5). */
export function stopLeftoverDatabase(dataDir: string): void {
  const folder = join(dataDir, 'postgres');
  try {
    const [pid = '', directory = ''] = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    // The number may belong to somebody else by now: only a process that names this very folder is meant.
    if (directory.trim() !== folder || !readFileSync(`/proc/${Number(pid)}/cmdline`, 'utf8').includes(folder)) return;
    process.kill(Number(pid), 'SIGINT');
  } catch {
    // No such file, no such process, or no /proc: nothing to stop.
  }
}
