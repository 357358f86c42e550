// `npm run profiles -- lint | catalogue | schema | test | identify`: checks the library, writes what is generated from it,
// tests alarm rules, and says which model a live device is.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { catalogue } from '../lint/core/catalogue.ts';
import { LIBRARY_DIR, type LoadedLibrary, loadLibrary } from '../loader.ts';
import { jsonSchemas } from '../schema/json-schema.ts';
import { ConfigurationError } from '../schema/problem.ts';
import { identifyCommand } from './identify.ts';

const ROOT = dirname(LIBRARY_DIR);
const USAGE = `usage: npm run profiles -- COMMAND
  lint [FOLDER ...]      check the shipped library, and your own folders on top of it
  catalogue [--check]    write docs/catalogue.md (--check: only say whether it is up to date)
  schema [--check]       write the JSON Schemas for editors
  test FILE|FOLDER ...   play timelines of alarm rules with the engine that runs live
  identify HOST:PORT     read a live Modbus TCP device and say which model it is (--unit N, --json)`;

/** A person's mistake: one line, exit code 2, no stack. */
class Refusal extends Error {}

function run([command, ...rest]: string[]): void {
  if (command === 'test') {
    test(rest);
    return;
  }
  const check = rest.includes('--check');
  const operands = rest.filter((argument) => argument !== '--check');
  const unknown = operands.find((argument) => argument.startsWith('-') || command !== 'lint');
  if (unknown !== undefined || (check && command === 'lint')) throw new Refusal(USAGE);
  switch (command) {
    case 'lint': {
      const library = loadLibrary([
        LIBRARY_DIR,
        ...operands.map((folder) => resolve(process.env['INIT_CWD'] ?? '.', folder)),
      ]);
      for (const line of eventLines(library)) console.log(line);
      console.log(summary(library));
      return;
    }
    case 'catalogue': {
      const library = loadLibrary();
      produce(
        join(ROOT, 'docs', 'catalogue.md'),
        catalogue(library.classes.values(), library.models.values()),
        check,
        command,
      );
      return;
    }
    case 'schema':
      for (const [name, text] of jsonSchemas())
        produce(join(LIBRARY_DIR, 'schema', 'generated', name), text, check, command);
      return;
    default:
      throw new Refusal(USAGE);
  }
}

/** The engine belongs to the server, which this package must not import; as a program it may be asked. */
function test(operands: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'server', 'app', 'timeline.ts'), ...operands], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

/** Records of a folder of one's own that are no alarms: not a fault, but the author should know. */
const eventLines = ({ classes }: LoadedLibrary): string[] =>
  [...classes.values()].flatMap(({ class: name, events = {} }) =>
    Object.entries(events).map(
      ([alarm, { because }]) => `classes/${name}.yaml: alarms.${alarm}: an event, not an alarm: ${because.join(', ')}`,
    ),
  );

function summary({ classes, models }: LoadedLibrary): string {
  const alarms = [...classes.values()].reduce((sum, { alarms }) => sum + Object.keys(alarms).length, 0);
  const examples = [...models.values()].reduce((sum, { examples }) => sum + examples.length, 0);
  return `${classes.size} classes with ${alarms} alarms, ${models.size} models with ${examples} examples: no fault`;
}

function produce(path: string, text: string, check: boolean, command: string): void {
  const shown = relative(ROOT, path);
  if (!check) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${shown}`);
  } else if (readOr(path) !== text) {
    throw new Refusal(`${shown}: is not what the library gives; run npm run profiles -- ${command}`);
  } else console.log(`${shown} is up to date`);
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const [command, ...operands] = process.argv.slice(2);
try {
  if (command === 'identify') process.exitCode = await identifyCommand(operands);
  else run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal || error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
