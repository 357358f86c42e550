// `npm run faults -- NAME|all [--minutes M] [--seed S]`: breaks the running product on purpose and judges the stored
// history. One line of JSON per run; exit code 1 when anything was lost, doubled or out of order.
import { parseArgs } from 'node:util';
import { runAlarmFlood } from './alarm-flood.ts';
import { countByKind } from './core/finding.ts';
import { CRASH_POINTS, type CrashPoint, runCrashRounds } from './crash-rounds.ts';
import { createDice } from './dice.ts';
import { RUNS, runFaults } from './runs.ts';

const CRASH = 'crash-steps';
const FLOOD = 'alarm-flood';
const ROUNDS_PER_MINUTE = 16;
const NAMES = [CRASH, FLOOD, ...Object.keys(RUNS)];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '2' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const [wanted = ''] = positionals;
const names = wanted === 'all' ? NAMES : [wanted];
if (!(minutes > 0) || !Number.isInteger(seed) || names.some((name) => !NAMES.includes(name))) {
  process.stderr.write(`usage: npm run faults -- ${NAMES.join('|')}|all [--minutes M] [--seed S]\n`);
  process.exit(2);
}

let failed = false;
for (const name of names) {
  process.stderr.write(`${name}: seed ${seed}, ${minutes} min\n`);
  const line = await runNamed(name);
  const found = line === 'skipped' ? {} : line.found;
  failed ||= Object.keys(found).length > 0;
  process.stdout.write(`${JSON.stringify(line === 'skipped' ? { run: name, skipped: true } : line)}\n`);
}
process.exit(failed ? 1 : 0);

function runNamed(name: string) {
  if (name === CRASH) return crashSteps();
  return name === FLOOD ? alarmFlood() : runFaults(name, { minutes }, seed);
}

/** 5,000 passages in ten seconds, whatever the minutes. */
async function alarmFlood() {
  const { findings, ...figures } = await runAlarmFlood({ machines: 250, turns: 20, seconds: 10 }, createDice(seed));
  return {
    run: FLOOD,
    faults: 'F36',
    seed,
    ...figures,
    found: countByKind(findings),
    firstFindings: findings.slice(0, 5),
  };
}

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
