// One process per data directory. The lock names its holder by pid and, where the system tells, by the time that
// process started, so that a pid used again after a crash is not taken for the holder.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export class DirectoryInUseError extends Error {
  constructor(dataDir: string, pid: number) {
    super(
      `the data directory ${dataDir} is in use by process ${pid}; stop it or set LOUWEI_DATA_DIR to another folder`,
    );
    this.name = 'DirectoryInUseError';
  }
}

/** @returns a function that releases the lock. @throws DirectoryInUseError, or the system's error when it cannot be written. */
export function lockDirectory(dataDir: string, name: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, `${name}.lock`);
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, `${process.pid} ${startTimeOf(process.pid)}\n`);
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const [pid, startTime] = readHolder(file);
      if (attempt > 2 || (isAlive(pid) && startTimeOf(pid) === startTime)) throw new DirectoryInUseError(dataDir, pid);
      rmSync(file, { force: true });
    }
  }
}

function readHolder(file: string): [number, string] {
  try {
    const [pid = '', startTime = ''] = readFileSync(file, 'utf8').trim().split(' ');
    return [Number(pid), startTime];
  } catch {
    return [0, ''];
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat (clock ticks since boot); `-` where there is no such file. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}
