// A log file that turns over at a size, keeping a few old ones: name.log, name.log.1, name.log.2, name.log.3.
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MOST_BYTES = 10 * 1024 * 1024;
const KEEP = 3;

/** @returns a function that appends one line. A full disk must not stop the programs: it is told once. */
export function openLogFile(
  path: string,
  tell: (text: string) => void,
  mostBytes = MOST_BYTES,
): (line: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  let bytes = sizeOf(path);
  let told = false;
  return (line) => {
    const text = `${line}\n`;
    try {
      if (bytes > 0 && bytes + Buffer.byteLength(text) > mostBytes) {
        turnOver(path);
        bytes = 0;
      }
      appendFileSync(path, text);
      bytes += Buffer.byteLength(text);
      told = false;
    } catch (error) {
      if (!told) tell(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
      told = true;
    }
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function turnOver(path: string): void {
  rmSync(`${path}.${KEEP}`, { force: true });
  for (let index = KEEP - 1; index >= 1; index--)
    if (sizeOf(`${path}.${index}`) > 0) renameSync(`${path}.${index}`, `${path}.${index + 1}`);
  renameSync(path, `${path}.1`);
}
