// What a start finds: open alarms are taken up without a sound, delays go on, expired shelves expire, changed definitions
// are judged again, and the time in which nobody watched is journalled.
//
// Which reading of each point was evaluated last is not stored: readings and alarms commit together, so it is the newest
// reading in the database. That very reading may be evaluated once more, because a store outside the database can be one
// reading ahead.
import { sql } from 'kysely';
import type { Trx } from '../migrations/tables.ts';
import { deviceConnection } from './core/connection.ts';
import { redefine, remove } from './core/reload.ts';
import { type Draft, enter, newDraft, stateIn } from './draft.ts';
import { applyGateway, followUpstream } from './evaluate.ts';
import { readingOf, recallEvents, recallHistories, recallInputs, USABLE_CODES } from './recall.ts';
import type { Rule } from './rule-book.ts';
import { ruleId } from './rule-book.ts';
import type { Runtime } from './runtime.ts';
import { journalDowntime, type LastSample, lastSamples, loadOpen, saveFingerprint } from './store.ts';

/** A delay that was running goes on, but births and backlog get this long to say that the condition has gone. */
export const RESTART_GRACE_MS = 10_000;

export async function startUp(runtime: Runtime, nowMs: number): Promise<void> {
  const { book, directory, log, db } = runtime;
  for (const equipment of directory.all()) book.take(equipment.id, nowMs);
  await db.transaction().execute((trx) => journalDowntime(trx, nowMs));
  const last = await db.transaction().execute(async (trx) => {
    await runtime.reload(trx, nowMs + RESTART_GRACE_MS);
    return takePositions(runtime, trx, directory.all());
  });
  const draft = newDraft();
  for (const gateway of directory.gateways())
    applyGateway(
      runtime.evaluation([]),
      draft,
      { gatewayId: gateway.id, online: gateway.online, timeMs: gateway.sinceMs },
      nowMs,
    );
  await db.transaction().execute(async (trx) => {
    await holdSilentDevices(runtime, trx, draft, nowMs);
    await recallInputs(trx, draft, book.points(), nowMs);
    await recallHistories(trx, draft, book.points(), nowMs);
    await recallEvents(trx, draft, book.points(), nowMs);
    followUpstream(runtime.evaluation([]), draft, nowMs);
  });
  await runtime.commit(draft, (trx) => judgeAgain(runtime, trx, draft, last, nowMs));
  log.info({ rules: book.rules.size, open: runtime.openById.size }, 'alarms loaded');
}

/** Sets the last evaluated position of each point of the equipment that a rule looks at. */
export async function takePositions(
  { book }: Runtime,
  trx: Trx,
  equipment: Iterable<{
    readonly id: string;
    readonly points: ReadonlyMap<string, { readonly pointId: number; readonly name: string }>;
  }>,
): Promise<ReadonlyMap<number, LastSample>> {
  const watched: number[] = [];
  for (const { id, points } of equipment)
    for (const { pointId, name } of points.values())
      if (book.point({ equipmentId: id, pointId, point: name })) watched.push(pointId);
  const last = new Map((await lastSamples(trx, watched)).map((sample) => [sample.pointId, sample] as const));
  for (const [pointId, point] of book.points()) {
    const sample = last.get(pointId);
    if (sample === undefined || point.position !== null) continue;
    point.position = { epoch: Number(sample.epoch), seq: Number(sample.seq) };
    point.repeatable = true;
  }
  return last;
}

/** Equipment whose last good word was that it does not answer. */
async function holdSilentDevices({ book }: Runtime, trx: Trx, draft: Draft, nowMs: number): Promise<void> {
  const comms = new Map([...book.points()].filter(([, { isComm }]) => isComm));
  for (const { pointId, value, time } of await lastSamples(trx, [...comms.keys()], USABLE_CODES)) {
    const watched = comms.get(pointId)?.watched;
    if (watched === undefined || value !== 0) continue;
    draft.answers.set(watched, false);
    for (const rule of watched.rules)
      enter(draft, rule, deviceConnection(rule.definition, stateIn(draft, rule), false, time.getTime(), nowMs));
  }
}

/** Open occurrences whose definition changed while the server was down, or does not exist any more. */
async function judgeAgain(
  runtime: Runtime,
  trx: Trx,
  draft: Draft,
  last: ReadonlyMap<number, LastSample>,
  nowMs: number,
): Promise<void> {
  const { book, directory } = runtime;
  const { alarms } = await loadOpen(trx);
  const changes = newDraft();
  for (const row of alarms) {
    const rule = book.rules.get(ruleId(row.equipment_id, row.alarm));
    const equipment = directory.equipment(row.equipment_id);
    if (rule === undefined) {
      if (equipment !== undefined) await closeRemoved(trx, row.id, row.equipment_id, row.alarm, row.priority, nowMs);
      continue;
    }
    if (row.definition === rule.definition.fingerprint) continue;
    const pointId = equipment?.points.get(rule.definition.point)?.pointId;
    const sample = pointId === undefined ? undefined : last.get(pointId);
    enter(
      changes,
      rule,
      redefine(rule.definition, stateIn(draft, rule), sample === undefined ? null : readingOf(sample, nowMs), nowMs),
    );
    await saveFingerprint(trx, row.id, rule.definition.fingerprint);
  }
  await runtime.write(trx, changes);
  for (const [rule, state] of changes.states) draft.states.set(rule, state);
  draft.recorded.push(...changes.recorded);
  draft.closed.push(...changes.closed);
}

/** The class does not know the alarm any more, so there is no rule to ask; the row and the journal are enough. */
async function closeRemoved(
  trx: Trx,
  id: string,
  equipmentId: string,
  alarm: string,
  priority: number,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  await trx
    .updateTable('alarm')
    .set({
      closed_at: at,
      state: 'NORM',
      cond: false,
      acked: true,
      latched: false,
      shelf: null,
      oos: null,
      suppressed_by: sql`'{}'`,
    })
    .where('id', '=', id)
    .execute();
  await trx
    .deleteFrom('alarm_out_of_service')
    .where('equipment_id', '=', equipmentId)
    .where('alarm', '=', alarm)
    .execute();
  await trx
    .insertInto('alarm_journal')
    .values({
      event: 'CLOSED',
      alarm_id: id,
      equipment_id: equipmentId,
      alarm,
      priority,
      actor: 'system',
      source_time: at,
      server_time: at,
      value: null,
      note: 'definition-removed',
      change: { event: 'CLOSED', cause: 'definition-removed' },
    })
    .execute();
}

/** The equipment has another class now: alarms of the former one end. */
export function removeRules(draft: Draft, gone: readonly Rule[], nowMs: number): void {
  for (const rule of gone) enter(draft, rule, remove(stateIn(draft, rule), nowMs));
}
