// Back-tests: both definitions over the same stream of stored readings, within a time limit, one per person at a time.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { z } from 'zod';
import type { EquipmentDirectory } from '../assets/directory.ts';
import { type Backtest, type BacktestRun, backtestAnswer, backtestRequest } from '../contract/backtest.ts';
import type { Db } from '../migrations/tables.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import { definitionsToCompare } from './backtest-draft.ts';
import { type BacktestResult, createBacktest } from './core/backtest.ts';
import { countsPerDay, createCoverage, difference } from './core/backtest-days.ts';
import type { Definition } from './core/definition.ts';
import { pointsOf } from './core/observe-point.ts';
import { USABLE } from './core/reading.ts';
import { COMM_POINT } from './core/rules/comm-loss.ts';
import { kindOf } from './core/rules/registry.ts';
import { readHistory } from './history-stream.ts';
import type { SettingsInForce } from './settings-in-force.ts';

const DAY_MS = 24 * 3_600_000;
const LONGEST_RANGE_DAYS = 400;
const TIME_LIMIT_MS = 60_000;
/** Longest silence of a living point by poll class, three turns of it. */
const PATIENCE_MS = { fast: 180_000, normal: 180_000, slow: 900_000 } as const;

interface BacktestSources {
  readonly db: Db;
  readonly directory: EquipmentDirectory;
  readonly classes: ReadonlyMap<string, EquipmentClass>;
  readonly inForce: SettingsInForce;
  readonly now: () => number;
}

type Request = z.output<typeof backtestRequest>;
const iso = (ms: number): string => new Date(ms).toISOString();
const seconds = (ms: number): number => Math.round(ms / 100) / 10;
const invalid = (detail: string): ProblemError => new ProblemError(400, 'invalid-request', detail);

export function backtestRoutes(sources: BacktestSources): AnyRoute[] {
  const busy = new Set<string>();
  return [
    route({
      method: 'POST',
      path: '/api/v1/alarm-backtest',
      permission: 'alarm:configure',
      summary:
        'When an alarm would have fired with other numbers or another rule, against today, over the stored history',
      tag: 'alarm settings',
      body: backtestRequest,
      answer: backtestAnswer,
      async handle({ body, caller }) {
        if (busy.has(caller.personId))
          throw new ProblemError(
            429,
            'too-many-requests',
            'a back-test of yours is still running; wait for its end',
            5,
          );
        busy.add(caller.personId);
        try {
          return { body: await runBacktest(sources, body) };
        } finally {
          busy.delete(caller.personId);
        }
      },
    }),
  ];
}

async function runBacktest(
  { db, directory, classes, inForce, now }: BacktestSources,
  body: Request,
): Promise<Backtest> {
  const { equipmentId, alarm } = body;
  const record = directory.equipment(equipmentId);
  if (record === undefined) throw new ProblemError(404, 'not-found', `there is no equipment ${equipmentId}`);
  const described = classes.get(record.class);
  if (described === undefined)
    throw new ProblemError(404, 'not-found', `equipment ${equipmentId} has no known class and so no alarms`);
  const range = rangeOf(body, now());
  const compared = definitionsToCompare(described, inForce.of(equipmentId), body);
  const both = [...(compared.today === null ? [] : [compared.today]), compared.draft];
  const wanted = new Set(both.flatMap(pointsOf));
  const missing = [...wanted].find((name) => !record.points.has(name));
  if (missing !== undefined)
    throw invalid(`draft: found point ${missing}, expected one of ${[...record.points.keys()].join(', ')}`);
  const read = [...wanted, COMM_POINT].filter((name, index, all) => all.indexOf(name) === index);
  const points = read.flatMap((name) => {
    const point = record.points.get(name);
    return point === undefined ? [] : [{ pointId: point.pointId, name }];
  });
  const coverage = new Map(
    [...wanted].map((name) => [name, createCoverage(range, PATIENCE_MS[described.points[name]?.poll ?? 'normal'])]),
  );
  const today = compared.today === null ? null : createBacktest(compared.today, range);
  const draft = createBacktest(compared.draft, range);
  const startedMs = performance.now();
  let engineMs = 0;
  for await (const readings of readHistory(db, points, range)) {
    const beganMs = performance.now();
    for (const reading of readings) {
      today?.observe(reading);
      draft.observe(reading);
      coverage.get(reading.point)?.note(reading.timeMs, USABLE.has(reading.quality));
    }
    engineMs += performance.now() - beganMs;
    if (performance.now() - startedMs > TIME_LIMIT_MS)
      throw new ProblemError(
        413,
        'too-large',
        `found more readings than can be judged in ${TIME_LIMIT_MS / 1000} s (came to ${iso(readings.at(-1)?.timeMs ?? range.fromMs)}), expected a shorter range`,
      );
  }
  const results = { today: today?.end() ?? null, draft: draft.end() };
  const differs = results.today === null ? null : difference(results.today, results.draft);
  return {
    equipmentId,
    alarm,
    point: compared.draft.point,
    from: iso(range.fromMs),
    to: iso(range.toMs),
    today: compared.today === null || results.today === null ? null : toRun(compared.today, results.today, range),
    draft: toRun(compared.draft, results.draft, range),
    difference:
      differs === null
        ? null
        : {
            count: differs.count,
            totalS: seconds(differs.totalMs),
            onlyToday: differs.onlyToday,
            onlyDraft: differs.onlyDraft,
          },
    days: [...countsPerDay(results.today?.activations ?? [], results.draft.activations, range)],
    history: [...coverage].map(([point, listener]) => {
      const { readings, usable, missingMs, gaps } = listener.end();
      return {
        point,
        readings,
        usable,
        missingS: seconds(missingMs),
        gaps: gaps.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })),
      };
    }),
    engineMs: Math.round(engineMs),
    tookMs: Math.round(performance.now() - startedMs),
  };
}

function rangeOf({ from, to, timeZone }: Request, nowMs: number) {
  const fromMs = Date.parse(from);
  const toMs = Math.min(Date.parse(to), nowMs);
  if (Number.isNaN(fromMs)) throw invalid(`from: found ${from}, expected an ISO 8601 time, e.g. 2026-01-31T08:00:00Z`);
  if (Number.isNaN(toMs)) throw invalid(`to: found ${to}, expected an ISO 8601 time, e.g. 2026-01-31T08:00:00Z`);
  if (fromMs >= toMs) throw invalid(`from: found ${from}, expected a time before \`to\` and before now`);
  if (toMs - fromMs > LONGEST_RANGE_DAYS * DAY_MS)
    throw invalid(`from: found ${from}, expected at most ${LONGEST_RANGE_DAYS} days before \`to\``);
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw invalid(`timeZone: found ${timeZone}, expected an IANA name, e.g. Asia/Shanghai`);
  }
  return { fromMs, toMs, timeZone };
}

function toRun(
  { rule, onDelayMs, offDelayMs }: Definition,
  result: BacktestResult,
  range: { readonly fromMs: number; readonly toMs: number },
): BacktestRun {
  const days = (range.toMs - range.fromMs) / DAY_MS;
  return {
    rule: kindOf(rule).describe(rule),
    onDelayS: onDelayMs / 1000,
    offDelayS: offDelayMs / 1000,
    count: result.count,
    perDay: Math.round((result.count / days) * 100) / 100,
    suppressed: result.suppressed,
    totalS: seconds(result.totalMs),
    longestS: seconds(result.longestMs),
    activations: result.activations.map(({ fromMs, toMs, ...facts }) => ({
      from: iso(fromMs),
      to: toMs === null ? null : iso(toMs),
      durationS: seconds(Math.max((toMs ?? range.toMs) - fromMs, 0)),
      ...facts,
    })),
  };
}
