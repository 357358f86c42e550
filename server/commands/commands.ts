// Remote control: takes requests and approvals, hands each command to the gateway exactly once, and follows it to its end.
import { randomUUID } from 'node:crypto';
import { encodeCommand, sparkplugTopic } from '@louwei/gateway/sparkplug';
import type { z } from 'zod';
import type { Command, newCommand } from '../contract/commands.ts';
import type { BatchParticipant } from '../ingest/participant.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import { writeAudit } from '../people/audit.ts';
import { ProblemError } from '../platform/http/route.ts';
import type { Logger } from '../platform/log.ts';
import { request, step } from './core/life-cycle.ts';
import { createOutcomes } from './outcomes.ts';
import { columnsOf, lifeOf, lockCommand, moveDeadlines, overdue, saveLife, toCommand } from './store.ts';
import type { CommandRow } from './tables.ts';
import { type Target, type TargetSources, targetOf } from './target.ts';

export interface CommandsOptions extends TargetSources {
  readonly db: Db;
  readonly now: () => number;
  readonly log: Logger;
}

/** The MQTT connection. @returns false when it is not there and nothing was sent. */
export type Publish = (topic: string, payload: Buffer) => boolean;

export interface Actor {
  readonly username: string;
  readonly ip: string;
}

export interface Commands {
  readonly participant: BatchParticipant;
  onChange(listener: (commands: readonly Command[]) => void): void;
  /** @throws ProblemError 400, 404, 409 or 503. */
  issue(body: z.output<typeof newCommand>, actor: Actor): Promise<Command>;
  /** @throws ProblemError 403, 404, 409 or 503. */
  approve(id: string, actor: Actor): Promise<Command>;
  /** Nothing left over from an earlier run is sent: what has no outcome by its deadline becomes unknown. */
  start(connection: { readonly connected: () => boolean; readonly publish: Publish }): void;
  /** The server's wall clock was set by so much. */
  clockSet(trx: Trx, stepMs: number): Promise<void>;
  stop(): void;
}

const DEADLINE_CHECK_MS = 1_000;

export function createCommands(options: CommandsOptions): Commands {
  const { db, now, log } = options;
  const listeners = new Set<(commands: readonly Command[]) => void>();
  const changed = (commands: readonly Command[]): void => {
    for (const listener of listeners) listener(commands);
  };
  let connection: Parameters<Commands['start']>[0] | undefined;
  let timer: NodeJS.Timeout | undefined;

  function requireConnection(): void {
    if (connection?.connected() !== true)
      throw new ProblemError(503, 'unavailable', 'no connection to the MQTT broker; nothing was sent');
  }

  /** Only after the state `sent` is committed: a crash in between leaves a command that becomes unknown, not a second one. */
  function send(row: CommandRow, { gateway, equipment }: Target): void {
    const { group, node } = gateway;
    const topic = sparkplugTopic({ group, type: 'DCMD', node, device: equipment.deviceId });
    const { id, point, value, sent_at, expires_at } = row;
    if (sent_at === null || expires_at === null) return;
    const times = { issuedAtMs: sent_at.getTime(), expiresAtMs: expires_at.getTime() };
    const sent = connection?.publish(topic, encodeCommand({ id, point, value, ...times })) ?? false;
    if (!sent) log.warn({ command: id }, 'the connection was lost before the command was sent');
  }

  const audit = (trx: Trx, action: string, row: CommandRow, actor: Actor): Promise<void> =>
    writeAudit(trx, {
      atMs: now(),
      actor: actor.username,
      action,
      target: row.id,
      detail: {
        equipment: row.equipment_id,
        point: row.point,
        value: row.value,
        valueBefore: row.value_before,
        reason: row.reason,
        state: row.state,
      },
      ip: actor.ip,
    });

  async function expireOverdue(): Promise<void> {
    for (const { id } of await overdue(db, now())) {
      const ended = await db.transaction().execute(async (trx) => {
        const row = await lockCommand(trx, id);
        const next = row === undefined ? undefined : step(lifeOf(row), { kind: 'deadline', nowMs: now() });
        if (next === undefined || !next.ok) return null;
        const saved = await saveLife(trx, id, next.life);
        await audit(trx, 'command-ended', saved, { username: 'system', ip: '' });
        return saved;
      });
      if (ended !== null) changed([toCommand(ended)]);
    }
  }

  function watch(): void {
    timer = setTimeout(() => {
      expireOverdue()
        .catch((error: unknown) => log.error({ err: error }, 'deadlines of commands could not be checked'))
        .finally(() => timer !== undefined && watch());
    }, DEADLINE_CHECK_MS);
  }

  return {
    participant: createOutcomes(changed),
    onChange: (listener) => void listeners.add(listener),
    async issue(body, actor) {
      const { equipmentId, point, value, reason, requestId = null, expectedCurrent } = body;
      const known = await knownRequest(db, actor.username, requestId);
      if (known !== undefined) return toCommand(known);
      const target = targetOf(options, equipmentId, point, value);
      const { rule, current } = target;
      if (expectedCurrent !== undefined && (current === null || Math.abs(current - expectedCurrent) > rule.step / 2))
        throw new ProblemError(
          409,
          'conflict',
          `the present value is ${current ?? 'not known'}, not ${expectedCurrent}`,
        );
      requireConnection();
      const nowMs = now();
      const life = request(actor.username, rule.twoPersons, nowMs, { ...rule, withinS: rule.readBack.withinS });
      const row = await db.transaction().execute(async (trx) => {
        const inserted = await trx
          .insertInto('command')
          .values({
            id: randomUUID(),
            equipment_id: equipmentId,
            point,
            value,
            value_before: current,
            reason,
            requested_at: new Date(nowMs),
            request_id: requestId,
            ...columnsOf(life),
          })
          // Two at the same moment with one request id: the first wins, and only it is sent.
          .onConflict((conflict) => conflict.columns(['requested_by', 'request_id']).doNothing())
          .returningAll()
          .executeTakeFirst();
        if (inserted !== undefined) await audit(trx, 'command-requested', inserted, actor);
        return inserted;
      });
      if (row === undefined) {
        const first = await knownRequest(db, actor.username, requestId);
        if (first === undefined) throw new ProblemError(409, 'conflict', 'the same request is being taken');
        return toCommand(first);
      }
      if (row.state === 'sent') send(row, target);
      changed([toCommand(row)]);
      return toCommand(row);
    },
    async approve(id, actor) {
      requireConnection();
      const { row, target } = await db.transaction().execute(async (trx) => {
        const found = await lockCommand(trx, id);
        if (found === undefined) throw new ProblemError(404, 'not-found', `there is no command ${id}`);
        const aimed = targetOf(options, found.equipment_id, found.point, found.value);
        const times = { ...aimed.rule, withinS: aimed.rule.readBack.withinS };
        const next = step(lifeOf(found), { kind: 'approve', by: actor.username, nowMs: now(), times });
        if (!next.ok) throw new ProblemError(next.problem === 'forbidden' ? 403 : 409, next.problem, next.detail);
        const saved = await saveLife(trx, id, next.life);
        await audit(trx, 'command-approved', saved, actor);
        return { row: saved, target: aimed };
      });
      send(row, target);
      changed([toCommand(row)]);
      return toCommand(row);
    },
    start(given) {
      connection = given;
      watch();
    },
    clockSet: moveDeadlines,
    stop() {
      clearTimeout(timer);
      timer = undefined;
      connection = undefined;
    },
  };
}

async function knownRequest(db: Db, username: string, requestId: string | null): Promise<CommandRow | undefined> {
  if (requestId === null) return undefined;
  return db
    .selectFrom('command')
    .selectAll()
    .where('requested_by', '=', username)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
}
