// The configurations the host gave, in `<dataDir>/configuration/history.json`: the current and the previous one in one
// file, so that a kill leaves both as they were or both as they should be.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type History, NOTHING_GIVEN, parseHistory } from './core/history.ts';

export const historyFile = (dataDir: string): string => join(dataDir, 'configuration', 'history.json');

/** @param onDamage the file was damaged and set aside; the gateway's own file counts. */
export function readHistory(dataDir: string, onDamage: (setAside: string) => void): History {
  const file = historyFile(dataDir);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return NOTHING_GIVEN;
  }
  const history = parseHistory(text);
  if (history !== undefined) return history;
  const setAside = `${file}.damaged-${Date.now()}`;
  renameSync(file, setAside);
  onDamage(setAside);
  return NOTHING_GIVEN;
}

/** It holds secrets of devices. @throws the file system's error; then the old one still stands. */
export function writeHistory(dataDir: string, history: History): void {
  const folder = join(dataDir, 'configuration');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = historyFile(dataDir);
  const beside = `${file}.new`;
  const descriptor = openSync(beside, 'w', 0o600);
  try {
    writeFileSync(descriptor, `${JSON.stringify(history)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, file);
  syncFolder(folder);
}

/** The new name is on disk only when its folder is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
