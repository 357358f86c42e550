// What the Dockerfile says, and its last stage laid out in a folder: the copied files, and of the packages only those that
// the gateway declares for running.
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, matchesGlob, relative, sep } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Instructions of the last stage. */
export function readLastStage(): Instruction[] {
  const lines = readFileSync(join(import.meta.dirname, 'Dockerfile'), 'utf8').split('\n');
  const instructions = lines.flatMap((line): Instruction[] => {
    const found = /^([A-Z]+) (.*)$/.exec(line);
    return found === null ? [] : [{ name: found[1] ?? '', rest: found[2] ?? '' }];
  });
  return instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
}

/** The one instruction of that name, whose words are a JSON list; for HEALTHCHECK that of its command. */
export function wordsOf(stage: readonly Instruction[], name: string): string[] {
  const rest = stage.find((instruction) => instruction.name === name)?.rest ?? '';
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[];
}

export const environmentOf = (stage: readonly Instruction[]): Record<string, string> =>
  Object.fromEntries(stage.filter(({ name }) => name === 'ENV').map(({ rest }) => rest.split('=')));

/** As the builder does: the last pattern that matches a path, or a folder above it, decides. */
function ignored(path: string): boolean {
  const patterns = readFileSync(join(import.meta.dirname, 'Dockerfile.dockerignore'), 'utf8')
    .trim()
    .split('\n');
  const parts = path.split('/');
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const last = patterns.findLast((pattern) => paths.some((own) => matchesGlob(own, pattern.replace(/^!/, ''))));
  return last !== undefined && !last.startsWith('!');
}

/** @param folder where the image's working directory is to be. */
export function layOutImage(stage: readonly Instruction[], folder: string): void {
  mkdirSync(folder);
  for (const { rest } of stage.filter(({ name }) => name === 'COPY')) {
    const [first = '', ...others] = rest.split(' ');
    if (first.startsWith('--from=')) {
      layOutPackages(folder);
      continue;
    }
    const target = others.at(-1) ?? '';
    for (const source of [first, ...others.slice(0, -1)])
      cpSync(join(ROOT, source), join(folder, target.endsWith('/') ? join(target, basename(source)) : target), {
        recursive: true,
        filter: (path) => !ignored(relative(ROOT, path).replaceAll(sep, '/')),
      });
  }
}

/** As `npm ci --omit=dev --workspace gateway` leaves them: what nobody declares cannot be imported. */
function layOutPackages(folder: string): void {
  const link = (to: string, name: string): void => {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(to, path);
  };
  const declared = new Set(
    ['gateway', 'device-profiles'].flatMap((workspace) => {
      const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
        readFileSync(join(ROOT, workspace, 'package.json'), 'utf8'),
      ) as Record<'dependencies' | 'optionalDependencies', Record<string, string> | undefined>;
      return [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
    }),
  );
  for (const name of declared)
    link(
      name.startsWith('@louwei/') ? join(folder, name.slice('@louwei/'.length)) : join(ROOT, 'node_modules', name),
      name,
    );
}

/** Every entry below a folder with its size and time of change; links are not followed. */
export function entriesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((entry) => {
      const { size, mtimeMs } = lstatSync(join(folder, entry));
      return `${entry} ${size} ${mtimeMs}`;
    });
}
