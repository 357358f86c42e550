// `npm run faults -- NAME|all [--minutes M] [--seed S]`: breaks the running product on purpose and judges the stored
// history. One line of JSON per run; exit code 1 when anything was lost, doubled or out of order.
import { parseArgs } from 'node:util';
import { createDice } from './core/dice.ts';
import { countByKind } from './core/finding.ts';
import { CRASH_POINTS, type CrashPoint, runCrashRounds } from './crash-rounds.ts';
import { RUNS, runFaults } from './runs.ts';

const CRASH = 'crash-steps';
const ROUNDS_PER_MINUTE = 16;
const NAMES = [CRASH, ...Object.keys(RUNS)];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '2' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const [wanted = ''] = positionals;
const names = wanted === 'all' ? NAMES : [wanted];
if (!(minutes > 0) || !Number.isInteger(seed) || names.some((name) => !NAMES.includes(name))) {
  console.error(`usage: npm run faults -- ${NAMES.join('|')}|all [--minutes M] [--seed S]`);
  process.exit(2);
}

let failed = false;
for (const name of names) {
  console.error(`${name}: seed ${seed}, ${minutes} min`);
  const line = name === CRASH ? await crashSteps() : await runFaults(name, { minutes }, seed);
  const found = line === 'skipped' ? {} : line.found;
  failed ||= Object.keys(found).length > 0;
  console.log(JSON.stringify(line === 'skipped' ? { run: name, skipped: true } : line));
}
process.exit(failed ? 1 : 0);

async function crashSteps() {
  const dice = createDice(seed);
  const rounds = Math.max(1, Math.round(minutes * ROUNDS_PER_MINUTE));
  const points = Array.from(
    { length: rounds },
    (_, index): CrashPoint => CRASH_POINTS[index] ?? dice.oneOf(['any', ...CRASH_POINTS]),
  );
  const { findings, ...figures } = await runCrashRounds(points, dice);
  return {
    run: CRASH,
    faults: 'F05, F37, F38',
    seed,
    ...figures,
    found: countByKind(findings),
    firstFindings: findings.slice(0, 5),
  };
}
