// Out of service, by equipment and alarm: the verbs of the engineer and their routes.
import { z } from 'zod';
import { outOfServiceList, serviceChange, suppressedList, takeOutOfService } from '../contract/alarms.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { isEvent } from './core/event.ts';
import type { Occurrence } from './core/facts.ts';
import type { Decision } from './core/machine.ts';
import { returnToService, takeOutOfService as takeOut } from './core/out-of-service.ts';
import type { Stamp } from './core/transition.ts';
import { newDraft } from './draft.ts';
import { decideOn } from './evaluate.ts';
import { endedState } from './order-ended.ts';
import { type Rule, ruleId } from './rule-book.ts';
import type { Runtime } from './runtime.ts';

const params = z.object({ id: z.string().max(64), alarm: z.string().max(64) });
const tag = 'alarms';
const path = '/api/v1/equipment/:id/alarms/:alarm';

export function serviceRoutes(runtime: Runtime, queue: SerialQueue, now: () => number): AnyRoute[] {
  const change = (
    { id, alarm }: z.output<typeof params>,
    by: string,
    decide: (record: Rule['state']['record'], stamp: Stamp) => Decision,
    /** Inside the queue, where nothing that it looks at is told to the engine meanwhile. @throws ProblemError */
    allow: () => Promise<void> = () => Promise.resolve(),
  ): Promise<{ body: { changed: boolean } }> =>
    queue.run(async () => {
      await runtime.settleDoubt();
      await allow();
      const rule = runtime.book.rules.get(ruleId(id, alarm));
      if (rule === undefined || isEvent(rule.definition))
        throw new ProblemError(404, 'not-found', `equipment ${id} has no alarm ${alarm}`);
      const draft = newDraft();
      const decision = decideOn(runtime.evaluation([]), draft, rule, { actor: by, nowMs: now() }, decide);
      await runtime.commit(draft);
      if (!decision.ok)
        throw new ProblemError(decision.code === 'invalid-request' ? 400 : 409, decision.code, decision.detail);
      return { body: { changed: decision.transitions.length > 0 } };
    });

  const list = route({
    method: 'GET',
    path: '/api/v1/alarms-out-of-service',
    permission: 'alarm:read',
    summary: 'Alarms that are out of service, the next review first',
    tag,
    answer: outOfServiceList,
    async handle() {
      const taken = [...runtime.book.rules.values()].flatMap(({ equipmentId, definition, state }) => {
        const { facts, occurrence } = state.record;
        return facts.oos === null ? [] : [{ ...named(equipmentId, definition, occurrence), oos: facts.oos }];
      });
      const items = taken
        .sort((a, b) => a.oos.reviewAtMs - b.oos.reviewAtMs)
        .map(({ oos: { by, reason, reference, reviewAtMs }, ...identity }) => ({
          ...identity,
          by,
          reason,
          reference,
          reviewAt: new Date(reviewAtMs).toISOString(),
          overdue: reviewAtMs < now(),
        }));
      return { body: { items } };
    },
  });
  const suppressed = route({
    method: 'GET',
    path: '/api/v1/alarms-suppressed',
    permission: 'alarm:read',
    summary: 'Alarms that a cause makes mere consequences, those whose condition holds first',
    tag,
    answer: suppressedList,
    async handle() {
      const items = [...runtime.book.rules.values()].flatMap(({ equipmentId, definition, state }) => {
        const { facts, occurrence } = state.record;
        // Out of service hides suppressed: such an alarm is on the other list.
        if (facts.suppressedBy.length === 0 || facts.oos !== null || isEvent(definition)) return [];
        return [{ ...named(equipmentId, definition, occurrence), by: [...facts.suppressedBy], active: facts.cond }];
      });
      return { body: { items: items.sort((a, b) => Number(b.active) - Number(a.active) || a.priority - b.priority) } };
    },
  });
  const take = route({
    method: 'POST',
    path: `${path}/out-of-service`,
    permission: 'alarm:out-of-service',
    summary: 'Take an alarm out of service for work on the equipment',
    tag,
    params,
    body: takeOutOfService,
    answer: serviceChange,
    handle: ({ params: which, body: { reason, reference, reviewAt }, caller }) =>
      change(
        which,
        caller.username,
        (record, stamp) => takeOut(record, { reason, reference, reviewAtMs: Date.parse(reviewAt) }, stamp),
        async () => {
          const ended = await endedState(runtime.db, reference);
          if (ended === null) return;
          const found = `found ${reference}, which is ${ended}`;
          throw new ProblemError(409, 'conflict', `reference: ${found}, expected an open work order or a permit`);
        },
      ),
  });
  const giveBack = route({
    method: 'POST',
    path: `${path}/in-service`,
    permission: 'alarm:out-of-service',
    summary: 'Put an alarm back into service: what still holds is announced',
    tag,
    params,
    body: z.object({}),
    answer: serviceChange,
    handle: ({ params: which, caller }) => change(which, caller.username, returnToService),
  });
  return [list, suppressed, take, giveBack];
}

/** The alarm by its occurrence, or by its class while it has none. */
const named = (equipmentId: string, definition: Rule['definition'], occurrence: Occurrence | null) => ({
  equipmentId,
  alarm: definition.alarm,
  alarmId: occurrence?.id ?? null,
  priority: occurrence?.priority ?? definition.priority,
  text: { ...(occurrence?.shown ?? definition.show('…')).text },
});
