// REST of the health of the alarm system: figures of one operating position, and floods with their reports.

import type { Definition } from '../alarms/core/definition.ts';
import type { EquipmentDirectory } from '../assets/directory.ts';
import {
  alarmFloodQuery,
  alarmFloods,
  alarmHealth,
  alarmHealthQuery,
  type BadActor,
  type FloodReport,
  type Proposal,
} from '../contract/alarm-health.ts';
import type { Db } from '../migrations/tables.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import type { JournalFact } from './core/announcement.ts';
import { unauthorisedChanges } from './core/attribute-audit.ts';
import { byCount, figuresOf, seriesOf } from './core/figures.ts';
import type { Flood } from './core/flood.ts';
import { summarise } from './core/flood-report.ts';
import { follow, type MonitorState, settleAll } from './core/monitor.ts';
import { adviceFor } from './core/proposals.ts';
import { type AlarmTally, createCounting, type Tally, wholePeriods } from './core/tally.ts';
import type { MeasureNoise } from './noise.ts';
import type { Positions } from './positions.ts';
import { journalBegin, lastTexts, quietBefore, readAttributeChanges, readJournal } from './store.ts';
import { groupOf, identify, type Texts, toReport } from './view.ts';

export interface HealthSources {
  readonly db: Db;
  readonly directory: EquipmentDirectory;
  readonly positions: Positions;
  readonly now: () => number;
  readonly noise: MeasureNoise;
  /** Undefined when the class no longer has the alarm. */
  readonly definition: (equipmentId: string, alarm: string) => Definition | undefined;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 400;
const tag = 'alarm system';

export function healthRoutes(sources: HealthSources): AnyRoute[] {
  const { db, directory, positions, now } = sources;
  return [
    route({
      method: 'GET',
      path: '/api/v1/alarm-health',
      permission: 'alarm:read',
      summary: 'Figures of the alarm system against their targets, the most frequent alarms, and what would help',
      tag,
      query: alarmHealthQuery,
      answer: alarmHealth,
      async handle({ query }) {
        const { position } = query;
        if (!positions.all().some(({ id }) => id === position))
          throw new ProblemError(404, 'not-found', `there is no operating position ${position}`);
        const nowMs = now();
        const span = spanOf(query, nowMs);
        const { fromMs, toMs } = wholePeriods(span.fromMs, span.toMs);
        const counting = createCounting(fromMs, toMs);
        for await (const facts of readJournal(db, { afterSeq: 0, fromMs: fromMs - DAY_MS, toMs, withOpen: true }))
          counting.add(facts.filter(({ equipmentId }) => positions.of(equipmentId) === position));
        const tally = counting.read(nowMs);
        const floods = (await floodsIn(sources, fromMs, toMs, nowMs)).filter((one) => one.position === position);
        const changes = (await readAttributeChanges(db, toMs)).filter(
          ({ equipmentId }) => positions.of(equipmentId) === position,
        );
        const actors = [...byCount(tally)];
        const top10 = actors.filter(({ count }) => count > 0).slice(0, 10);
        const others = actors.filter((one) => !top10.includes(one) && isBad(one));
        const texts = await lastTexts(db, [...top10, ...others]);
        const show = (own: AlarmTally): BadActor => toBadActor(own, tally, directory, texts);
        return {
          body: {
            position,
            positions: [...positions.all()],
            from: new Date(fromMs).toISOString(),
            to: new Date(toMs).toISOString(),
            annunciated: tally.annunciated,
            notAnnunciated: tally.notAnnunciated,
            figures: [
              ...figuresOf(
                tally,
                floods.map(({ flood }) => flood),
                nowMs,
                await journalBegin(db),
                unauthorisedChanges(changes, fromMs, toMs).length,
              ),
            ],
            series: seriesOf(tally),
            top10: top10.map(show),
            others: others.map(show),
            proposals: await proposalsFor(sources, [...top10, ...others], texts),
          },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/alarm-floods',
      permission: 'alarm:read',
      summary: 'Floods with their reports, those that last first, then the newest',
      tag,
      query: alarmFloodQuery,
      answer: alarmFloods,
      async handle({ query }) {
        const nowMs = now();
        const { fromMs, toMs } = spanOf(query, nowMs);
        const found = (await floodsIn(sources, fromMs, toMs, nowMs))
          .filter(({ position }) => query.position === undefined || position === query.position)
          .map(({ position, flood }) => ({ position, summary: summarise(flood, groupOf(directory)) }));
        const texts = await lastTexts(
          db,
          found.flatMap(({ summary }) => [summary.firstOut, ...summary.top10]),
        );
        const items = found.map(({ position, summary }) => toReport(position, summary, positions, directory, texts));
        return { body: { items: items.sort(openThenNewest) } };
      },
    }),
  ];
}

const openThenNewest = (a: FloodReport, b: FloodReport): number =>
  Number(a.end !== null) - Number(b.end !== null) || b.start.localeCompare(a.start);

const isBad = ({ chatter, fleetingMs, stale }: AlarmTally): boolean => chatter || stale || fleetingMs.length > 0;

/** Of all positions, those that touch the span; read to the present, because one may end after the span. */
async function floodsIn(
  { db, positions }: HealthSources,
  fromMs: number,
  toMs: number,
  nowMs: number,
): Promise<{ readonly position: string; readonly flood: Flood }[]> {
  let state: MonitorState = new Map();
  const floods: { position: string; flood: Flood }[] = [];
  const take = (facts: readonly JournalFact[]): void => {
    const step = follow(state, facts, positions.of);
    state = step.state;
    floods.push(...step.ended);
  };
  for await (const facts of readJournal(db, { afterSeq: 0, fromMs: await quietBefore(db, fromMs) })) take(facts);
  const last = settleAll(state, nowMs);
  floods.push(...last.ended);
  for (const [position, { flood }] of last.state) if (flood.open !== null) floods.push({ position, flood: flood.open });
  return floods.filter(({ flood: { startMs, endMs } }) => startMs < toMs && (endMs === null || endMs >= fromMs));
}

const toBadActor = (own: AlarmTally, tally: Tally, directory: EquipmentDirectory, texts: Texts): BadActor => ({
  ...identify(own, directory, texts),
  priority: own.priority,
  count: own.count,
  share: tally.annunciated === 0 ? 0 : (own.count / tally.annunciated) * 100,
  chattering: own.chatter,
  fleeting: own.fleetingMs.length,
  stale: own.stale,
});

async function proposalsFor(
  { definition, directory, noise }: HealthSources,
  actors: readonly AlarmTally[],
  texts: Texts,
): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const own of actors) {
    const defined = definition(own.equipmentId, own.alarm);
    if (defined === undefined) continue;
    const swing = own.chatterAtMs === null ? null : await noise(own.equipmentId, defined.point, own.chatterAtMs);
    for (const advice of adviceFor(own, defined, swing))
      proposals.push({ ...identify(own, directory, texts), ...advice });
  }
  return proposals;
}

function spanOf(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = query.to === undefined ? nowMs : timeOf('to', query.to);
  const fromMs = query.from === undefined ? toMs - DEFAULT_DAYS * DAY_MS : timeOf('from', query.from);
  if (fromMs >= toMs) throw invalid(`from: found ${query.from}, expected a time before \`to\``);
  if (toMs - fromMs > MAX_DAYS * DAY_MS) throw invalid(`from: expected at most ${MAX_DAYS} days before \`to\``);
  return { fromMs, toMs };
}

function timeOf(field: string, text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs))
    throw invalid(`${field}: found ${text}, expected an ISO 8601 time, e.g. 2026-01-31T08:00:00Z`);
  return timeMs;
}

const invalid = (detail: string): ProblemError => new ProblemError(400, 'invalid-request', detail);
