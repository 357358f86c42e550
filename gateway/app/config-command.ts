// `npm run gateway -- config --config FILE [--reset]`: which devices run, the file's or those the host gave, and back to
// the file. Exit codes: 0 done, 2 wrong input.
import { parseArgs } from 'node:util';
import { ConfigurationError, formatProblem } from '@louwei/device-profiles';
import { DRIVERS } from '../drivers/registry.ts';
import { reset, stateOf } from '../management/core/history.ts';
import { readHistory, writeHistory } from '../management/store.ts';
import { readConfig } from './config.ts';

const USAGE = 'usage: npm run gateway -- config --config FILE [--reset]';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function run(): void {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { config: { type: 'string' }, reset: { type: 'boolean', default: false } },
  });
  if (values.config === undefined) throw new TypeError('--config FILE is missing');
  const { dataDir } = readConfig(values.config, DRIVERS);
  const history = readHistory(dataDir, (setAside) => say(`the kept configurations were damaged, see ${setAside}`));
  const { version, rolledBack, trial } = stateOf(history);
  if (rolledBack !== null) say(`version ${rolledBack.version} was taken back: ${rolledBack.reason}`);
  if (history.current === null) say('the devices of the file run');
  else if (values.reset) {
    writeHistory(dataDir, reset(history));
    say(`version ${version} is put away: the devices of the file run from the next start, or at once by SIGHUP`);
  } else
    say(
      `version ${version} of the host runs${trial ? ', on trial' : ''}: ${history.current.devices.length} devices; back to the file by --reset`,
    );
}

try {
  run();
} catch (error) {
  process.exitCode = 2;
  if (error instanceof ConfigurationError)
    for (const problem of error.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
}
