// Builds the dashboard when its files are newer than the last build, so that `npm start` alone shows the current one.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the build is made of, relative to the repository. */
const SOURCES = ['dashboard/src', 'dashboard/public', 'server/contract'];
const FILES = ['dashboard/index.html', 'dashboard/vite.config.ts', 'dashboard/package.json'];

export function isDashboardCurrent(root: string): boolean {
  const built = statSync(join(root, 'dashboard/dist/index.html'), { throwIfNoEntry: false });
  if (built === undefined) return false;
  const files = [
    ...FILES.map((file) => join(root, file)),
    ...SOURCES.map((folder) => join(root, folder))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name)),
      ),
  ];
  return files.every((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= built.mtimeMs);
}

/** Runs `vite build`. @returns what went wrong, or undefined. */
export function buildDashboard(
  root: string,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  if (!existsSync(vite)) return Promise.resolve('vite is not installed; run `npm ci` without --omit=dev');
  return new Promise((done) => {
    const child = spawn(process.execPath, [vite, 'build', 'dashboard', '--logLevel', 'warn'], {
      cwd: root,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (chunk: Buffer): void => {
      for (const line of chunk
        .toString()
        .split('\n')
        .filter((text) => text.trim() !== ''))
        log(line);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => done(error.message));
    child.on('close', (code) => done(code === 0 ? undefined : `vite ended with exit code ${code}`));
  });
}
