// `npm run profiles -- test FILE ...`: plays timelines of alarm rules with the engine that runs live. Exit code 1 when one
// does not hold.
import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { formatProblem } from '@louwei/device-profiles';
import { runTimelineFile } from '../alarms/timeline/run-file.ts';

const USAGE = 'usage: npm run profiles -- test FILE|FOLDER ...   (timelines of alarm rules, *.yaml)';
const cwd = process.env['INIT_CWD'] ?? process.cwd();

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(path, name));
}

const operands = process.argv.slice(2);
const missing = operands.filter((path) => statSync(resolve(cwd, path), { throwIfNoEntry: false }) === undefined);
const files = missing.length > 0 ? [] : operands.flatMap((path) => filesOf(resolve(cwd, path)));
if (missing.length > 0) {
  for (const path of missing) console.error(`${path}: found nothing, expected a file or a folder`);
  process.exitCode = 2;
} else if (files.length === 0) {
  console.error(operands.length === 0 ? USAGE : `${operands.join(', ')}: found no *.yaml, expected timelines`);
  process.exitCode = 2;
} else {
  let failed = 0;
  for (const file of files) {
    const shown = relative(cwd, file);
    const problems = await runTimelineFile(file, shown);
    if (problems.length > 0) failed++;
    console.log(`${problems.length === 0 ? 'holds ' : 'FAILS '} ${shown}`);
    for (const problem of problems) console.error(formatProblem(problem));
  }
  console.log(`${files.length - failed} of ${files.length} timelines hold`);
  if (failed > 0) process.exitCode = 1;
}
