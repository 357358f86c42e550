// Plays a timeline on a stage and says, line by line, where the journal is not what the timeline expects.
import { type EquipmentClass, type Problem, parseYamlFile, type Quality } from '@louwei/device-profiles';
import type { Feed } from '../../assets/core/feed-graph.ts';
import type { Verb } from '../core/verb.ts';
import { type Expected, type Step, type Timeline, timeline } from './schema.ts';
import type { Answer, Cast, Entry, Stage, StageReading } from './stage.ts';

export interface LoadedTimeline {
  readonly file: string;
  readonly timeline: Timeline;
  readonly cast: Cast;
  readonly feeds: readonly Feed[];
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

export type LoadOutcome =
  | { readonly ok: true; readonly loaded: LoadedTimeline }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Every timeline starts here: a Monday at noon, UTC. */
export const TIMELINE_START_MS = Date.UTC(2026, 0, 5, 12);

export function loadTimeline(path: string, shownAs: string): LoadOutcome {
  const parsed = parseYamlFile(path, timeline, shownAs);
  if (!parsed.ok) return parsed;
  const { value, lineOf } = parsed;
  const problems: Problem[] = [];
  const cast = new Map(Object.entries(value.equipment));
  const feeds = value.feeds.flatMap(({ feeder, fed, medium }) =>
    fed.map((fedId) => ({ feederId: feeder, fedId, medium })),
  );
  for (const [index, step] of value.steps.entries()) {
    const fault = (field: string, found: string, expected: string) =>
      problems.push({
        file: shownAs,
        line: lineOf(['steps', index, field]),
        field: `steps.${index}.${field}`,
        found,
        expected,
      });
    const before = value.steps[index - 1];
    if (before !== undefined && step.at < before.at)
      fault('at', `${step.at / 1000} s`, `a time not before the step above it (${before.at / 1000} s)`);
    if (!('on' in step)) continue;
    const named =
      (step.do === 'expect' && Object.keys(step.states).length === 0 && step.orders === undefined) ||
      (step.do === 'deliver' && step.readings.every(({ on }) => on !== undefined));
    if (step.on === undefined && cast.size > 1 && !named)
      fault('on', 'nothing', `one of ${[...cast.keys()].join(', ')}`);
    if (step.on !== undefined && !cast.has(step.on)) fault('on', step.on, `one of ${[...cast.keys()].join(', ')}`);
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, loaded: { file: shownAs, timeline: value, cast, feeds, lineOf } };
}

/** @param library the classes of a `library` step. */
export async function play(
  { file, timeline: { steps }, cast, lineOf }: LoadedTimeline,
  stage: Stage,
  library: (folders: readonly string[]) => ReadonlyMap<string, EquipmentClass>,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const [only = ''] = cast.keys();
  const startMs = stage.nowMs();
  let seen = 0;

  const fault = (path: readonly PropertyKey[], found: string, expected: string): void =>
    void problems.push({ file, line: lineOf(path), field: path.join('.'), found, expected });

  function judge(index: number, refused: string | undefined, answer: Answer): void {
    if (!answer.ok && refused !== answer.code)
      fault(['steps', index, 'do'], `refused (${answer.code}): ${answer.detail}`, refused ?? 'accepted');
    if (answer.ok && refused !== undefined) fault(['steps', index, 'refused'], 'accepted', refused);
  }

  async function compare(
    index: number,
    { on, journal, states, orders }: Extract<Step, { do: 'expect' }>,
  ): Promise<void> {
    const entries = (await stage.journal()).slice(seen);
    seen += entries.length;
    for (const [position, wanted] of journal.entries()) {
      const entry = entries[position];
      const where = ['steps', index, 'journal', position];
      if (entry === undefined) fault(where, 'nothing', shownWanted(wanted));
      else if (!matches(entry, wanted, on ?? only, startMs))
        fault(where, shownEntry(entry, startMs), shownWanted(wanted));
    }
    for (const entry of entries.slice(journal.length))
      fault(['steps', index, 'journal'], shownEntry(entry, startMs), 'no further entry');
    for (const [alarm, state] of Object.entries(states)) {
      const found = await stage.state(on ?? only, alarm);
      if (found !== state) fault(['steps', index, 'states', alarm], found, state);
    }
    if (orders === undefined) return;
    const found = (await stage.orders(on ?? only)).join(', ');
    if (found !== orders.join(', ')) fault(['steps', index, 'orders'], found || 'none', orders.join(', ') || 'none');
  }

  for (const [index, step] of steps.entries()) {
    await stage.advance(startMs + step.at);
    const nowMs = stage.nowMs();
    switch (step.do) {
      case 'read':
        await stage.read(
          readingsOf(
            step.on ?? only,
            step.values,
            step.quality,
            step.sourceAt === undefined ? nowMs : startMs + step.sourceAt,
            step.late,
          ),
        );
        break;
      case 'gateway':
        await stage.gateway(step.id, step.online);
        break;
      case 'restart':
        await stage.restart(step.down);
        break;
      case 'library':
        await stage.redefine(library(step.folders));
        break;
      case 'deliver':
        await stage.read(
          step.readings.flatMap(({ on = step.on ?? only, values, quality, sourceAt }) =>
            readingsOf(on, values, quality, sourceAt === undefined ? nowMs : startMs + sourceAt),
          ),
        );
        break;
      case 'order':
        judge(index, step.refused, await stage.order(step.on ?? only, step.by, step));
        break;
      case 'expect':
        await compare(index, step);
        break;
      default: {
        const answer = await stage.person(step.on ?? only, step.alarm, step.by, verbOf(step, nowMs));
        judge(index, step.refused, answer);
        if (answer.ok && step.changed !== undefined && answer.changed !== step.changed)
          fault(['steps', index, 'changed'], String(answer.changed), String(step.changed));
      }
    }
  }
  const rest = (await stage.journal()).slice(seen);
  for (const entry of rest) fault(['steps'], shownEntry(entry, startMs), 'no entry after the last expect');
  return problems;
}

const readingsOf = (
  equipmentId: string,
  values: Readonly<Record<string, number | boolean | string | null>>,
  quality: Quality,
  timeMs: number,
  late = false,
): StageReading[] =>
  Object.entries(values).map(([point, value]) => ({
    equipmentId,
    point,
    value: typeof value === 'boolean' ? Number(value) : value,
    quality,
    timeMs,
    late,
  }));

type VerbStep = Extract<Step, { by: string; alarm: string }>;

function verbOf(step: VerbStep, nowMs: number): Verb {
  const { do: verb, ...fields } = step;
  if (verb !== 'take-out-of-service') return { ...fields, verb } as Verb;
  return { verb, reason: step.reason, reference: step.reference, reviewAtMs: nowMs + step.reviewAfter };
}

function matches({ equipmentId, alarm, transition }: Entry, wanted: Expected, on: string, startMs: number): boolean {
  const { alarm: wantedAlarm, event, on: wantedOn = on, at, ...fields } = { on: undefined, at: undefined, ...wanted };
  if (equipmentId !== wantedOn || alarm !== wantedAlarm || transition.event !== event) return false;
  if (at !== undefined && transition.serverMs !== startMs + at) return false;
  const actual: Record<string, unknown> = { ...transition };
  return Object.entries(fields).every(([name, value]) => JSON.stringify(actual[name]) === JSON.stringify(value));
}

function shownEntry({ equipmentId, alarm, transition }: Entry, startMs: number): string {
  const { event, serverMs, sourceMs: _, actor, ...fields } = transition;
  const rest: Record<string, unknown> = { ...fields };
  for (const bulky of ['shown', 'id', 'at']) delete rest[bulky];
  return `${equipmentId} ${alarm} ${event} at ${(serverMs - startMs) / 1000} s by ${actor} ${JSON.stringify(rest)}`;
}

const shownWanted = (wanted: Expected): string => {
  const { alarm, event, ...rest } = wanted;
  return `${alarm} ${event}${Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : ''}`;
};
