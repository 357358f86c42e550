// REST of alarms.
import { z } from 'zod';
import {
  acknowledge,
  alarm,
  alarmChange,
  alarmDetail,
  alarmQuery,
  comment,
  shelve,
  silence,
} from '../contract/alarms.ts';
import { listOf } from '../contract/shared.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import { consequencesOf } from './consequences.ts';
import { journalRoute } from './journal.ts';
import { type AlarmRow, fromAlarmRow } from './rows.ts';
import { type Rule, ruleId } from './rule-book.ts';
import type { Runtime } from './runtime.ts';
import { findAlarm, listAlarms, listJournal } from './store.ts';
import type { Verbs } from './verbs.ts';
import { toAlarm, toGuidance, toJournalEntry } from './view.ts';

const params = z.object({ id: z.string().max(64) });
const nothing = z.object({});
const tag = 'alarms';

export function alarmRoutes(runtime: Runtime, verbs: Verbs): AnyRoute[] {
  const { db, book, directory, feeds, openById } = runtime;
  const show = (row: AlarmRow) => {
    const { facts, occurrence } = fromAlarmRow(row);
    if (occurrence === null) throw new Error(`alarm ${row.id} has no occurrence`);
    const equipment = directory.equipment(row.equipment_id);
    const open = openById.get(row.id);
    const affectedEquipment = open === undefined ? 0 : consequencesOf(open, book, feeds).equipmentIds.length;
    const identity = { equipmentId: row.equipment_id, alarm: row.alarm, equipment, affectedEquipment };
    const uncounted = open?.state.watch.flapping?.activations;
    return toAlarm(identity, { facts, occurrence }, occurrence, uncounted);
  };
  const list = route({
    method: 'GET',
    path: '/api/v1/alarms',
    permission: 'alarm:read',
    summary: 'Alarms, newest occurrence first',
    tag,
    query: alarmQuery,
    answer: listOf(alarm),
    async handle({ query: { cursor, limit, ...filter } }) {
      const rows = await listAlarms(db, {
        ...filter,
        before: cursor === undefined ? undefined : parseCursor(cursor),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const nextCursor = rows.length > limit && last ? `${last.opened_at.getTime()}_${last.id}` : null;
      return { body: { items: page.map(show), nextCursor } };
    },
  });
  const detail = route({
    method: 'GET',
    path: '/api/v1/alarms/:id',
    permission: 'alarm:read',
    summary: 'One alarm with what to do and its journal',
    tag,
    params,
    answer: alarmDetail,
    async handle({ params: { id } }) {
      const row = await findAlarm(db, id);
      if (row === undefined) throw new ProblemError(404, 'not-found', `no alarm ${id}`);
      const journal = await listJournal(db, id, 1000);
      const rule = book.rules.get(ruleId(row.equipment_id, row.alarm));
      const guidance = toGuidance(rule?.definition);
      const consequences = rule === undefined || row.closed_at !== null ? null : consequencesIn(runtime, rule);
      return {
        body: {
          ...show(row),
          guidance,
          journal: journal.map((entry) => toJournalEntry(entry)),
          ...(consequences === null ? {} : { consequences }),
        },
      };
    },
  });
  return [
    list,
    detail,
    journalRoute(db),
    verb('acknowledge', 'alarm:acknowledge', acknowledge, (id, by, body) => verbs.acknowledge(id, by, body)),
    verb('reset', 'alarm:reset', nothing, (id, by) => verbs.reset(id, by)),
    verb('comment', 'alarm:comment', comment, (id, by, body) => verbs.comment(id, by, body.text)),
    verb('shelve', 'alarm:shelve', shelve, (id, by, body) => verbs.shelve(id, by, body)),
    verb('silence', 'alarm:silence', silence, (id, by, body) => verbs.silence(id, by, body.console)),
    verb('unshelve', 'alarm:shelve', nothing, (id, by) => verbs.unshelve(id, by)),
  ];
}

function consequencesIn({ book, feeds, openById, alarmOf }: Runtime, rule: Rule) {
  const { cause, equipmentIds } = consequencesOf(rule, book, feeds);
  if (cause === null) return null;
  const hidden = [...openById.values()].filter(({ state }) => state.record.facts.suppressedBy.includes(cause));
  return { equipmentIds: [...equipmentIds], alarms: hidden.flatMap((one) => alarmOf(one) ?? []) };
}

const verb = <Body extends z.ZodType>(
  name: string,
  permission: string,
  body: Body,
  act: (id: string, by: string, body: z.output<Body>) => Promise<z.input<typeof alarmChange>>,
): AnyRoute =>
  route({
    method: 'POST',
    path: `/api/v1/alarms/:id/${name}`,
    permission,
    summary: `${name} an alarm`,
    tag,
    params,
    body,
    answer: alarmChange,
    handle: async ({ params: { id }, body: request, caller }) => ({ body: await act(id, caller.username, request) }),
  });

const badCursor = (): ProblemError =>
  new ProblemError(400, 'invalid-request', 'cursor: found an unknown form, expected nextCursor of the page before');

function parseCursor(cursor: string): { atMs: number; id: string } {
  const match = /^(\d{1,15})_(.+)$/.exec(cursor);
  if (match === null) throw badCursor();
  return { atMs: Number(match[1]), id: match[2] ?? '' };
}
