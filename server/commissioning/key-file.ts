// The public key as a file beside the data, for gateways on this machine: `management.publicKeyFile` in their file.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeManagementKey(dataDir: string, publicKey: string): void {
  const file = join(dataDir, 'management-key.txt');
  if (kept(file) === publicKey) return;
  writeFileSync(`${file}.new`, `${publicKey}\n`);
  renameSync(`${file}.new`, file);
}

function kept(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
