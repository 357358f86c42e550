// The alarm engine without a database: the same rule book, evaluation, verbs and wake queue that run live, in memory and
// at a clock that its caller moves.
import type { EquipmentClass } from '@louwei/device-profiles';
import { type Feed, fedBy, feedersOf } from '../../assets/core/feed-graph.ts';
import type { Feeds } from '../../assets/feeds.ts';
import type { IngestedSample } from '../../ingest/participant.ts';
import { callOut } from '../call-out.ts';
import { deviceConnection } from '../core/connection.ts';
import { type AlarmRecord, alarmState, EMPTY_RECORD } from '../core/facts.ts';
import { recall } from '../core/observe-point.ts';
import { isNewer, type Position } from '../core/order.ts';
import { returnToService } from '../core/out-of-service.ts';
import { wakeAt } from '../core/qualification.ts';
import { type Reading, toReading } from '../core/reading.ts';
import { redefine } from '../core/reload.ts';
import { newRuleState, type Pending } from '../core/rule-state.ts';
import { apply } from '../core/transition.ts';
import { decide } from '../core/verb.ts';
import { createWakeQueue } from '../core/wake-queue.ts';
import { adoptDraft, type Draft, enter, newDraft, stateIn } from '../draft.ts';
import { applyGateway, decideOn, type Evaluation, evaluateBatch, followUpstream, wakeRule } from '../evaluate.ts';
import { markFirstOut } from '../first-out.ts';
import { createRuleBook, type Rule, ruleId } from '../rule-book.ts';
import { RESTART_GRACE_MS, removeRules } from '../start-up.ts';
import { memoryDirectory } from './memory-directory.ts';
import { memoryOrders } from './memory-orders.ts';
import type { Cast, Entry, Stage, StageReading } from './stage.ts';

const LATE_EPOCH = 0;
const EPOCH = 1;

const NOTHING_YET: Position = { epoch: -1, seq: 0 };

interface Known extends Position {
  readonly equipmentId: string;
  readonly point: string;
  readonly reading: Reading;
}

/** @throws Error when a class's alarm refers to a parameter that the class does not have. */
export function createRehearsal(
  classes: ReadonlyMap<string, EquipmentClass>,
  cast: Cast,
  startMs: number,
  feedList: readonly Feed[] = [],
): Stage {
  const directory = memoryDirectory(cast, classes);
  const feeds: Feeds = {
    fedBy: (id, medium) => fedBy(feedList, id, medium),
    feedersOf: (id, medium) => feedersOf(feedList, id, medium),
  };
  const orders = memoryOrders();
  const entries: Entry[] = [];
  /** Last good reading of each point, and the last `comm`: what a database would still know after a restart. */
  const known = new Map<string, Known>();
  /** Of each point, flawed ones too: nothing that comes behind it opens or clears an alarm, also after a restart. */
  const newest = new Map<number, IngestedSample>();
  /** Delays that run, as they are stored: with the value that began them. */
  const delays = new Map<string, Pending>();
  const gatewayOnline = new Map<string, boolean>();
  let clockMs = startMs;
  let library = classes;
  let seq = 0;
  let minted = 0;
  let book = createRuleBook(classes, directory);
  let wakes = createWakeQueue<Rule>();
  for (const { id } of directory.all()) book.take(id, startMs);

  const evaluation = (): Evaluation => ({
    book,
    directory,
    feeds,
    mint: () => `occurrence-${++minted}`,
    unknown: ({ equipmentId }) => {
      throw new Error(`no equipment ${equipmentId}`);
    },
  });

  function schedule(rule: Rule): void {
    const atMs = wakeAt(rule.definition, rule.state);
    if (atMs >= rule.scheduledMs) return;
    rule.scheduledMs = atMs;
    wakes.push(atMs, rule);
  }

  async function commit(draft: Draft): Promise<void> {
    markFirstOut(draft, book);
    await callOut(null, draft, orders, directory);
    for (const [rule, { watch }] of draft.states) {
      if (watch.pending?.sinceMs === rule.state.watch.pending?.sinceMs) continue;
      if (watch.pending === null) delays.delete(rule.id);
      else delays.set(rule.id, watch.pending);
    }
    adoptDraft(draft);
    for (const { rule, transition } of draft.recorded)
      entries.push({ equipmentId: rule.equipmentId, alarm: rule.definition.alarm, transition });
    for (const rule of draft.states.keys()) schedule(rule);
  }

  async function advance(toMs: number): Promise<void> {
    for (let dueMs = wakes.nextMs(); dueMs <= toMs; dueMs = wakes.nextMs()) {
      clockMs = Math.max(clockMs, dueMs);
      const draft = newDraft();
      const due = wakes.due(clockMs).filter(({ atMs, item }) => atMs === item.scheduledMs);
      for (const { item: rule } of due) {
        rule.scheduledMs = Number.POSITIVE_INFINITY;
        wakeRule(evaluation(), draft, rule, clockMs);
      }
      await commit(draft);
      for (const { item: rule } of due) schedule(rule);
    }
    clockMs = Math.max(clockMs, toMs);
  }

  const sampleOf = ({ equipmentId, point, value, quality, timeMs, late }: StageReading): IngestedSample => {
    const equipment = directory.equipment(equipmentId);
    return {
      gatewayId: equipment?.gatewayId ?? '',
      equipmentId,
      pointId: equipment?.points.get(point)?.pointId ?? -1,
      point,
      value: typeof value === 'number' ? value : null,
      text: typeof value === 'string' ? value : null,
      quality,
      timeMs,
      deviceTimeMs: null,
      receivedAtMs: clockMs,
      epoch: late ? LATE_EPOCH : EPOCH,
      seq: ++seq,
    };
  };

  function remember({ equipmentId, point }: StageReading, sample: IngestedSample): void {
    if (isNewer(sample, newest.get(sample.pointId) ?? NOTHING_YET)) newest.set(sample.pointId, sample);
    const key = `${equipmentId} ${point}`;
    const reading = toReading(sample, clockMs);
    const { epoch, seq } = sample;
    if (reading.usable && isNewer(sample, known.get(key) ?? NOTHING_YET))
      known.set(key, { equipmentId, point, reading, epoch, seq });
  }

  /** From the journal and the stored readings alone, as after a start of the server. */
  async function startAgain(): Promise<void> {
    const before = book;
    const records = new Map<string, AlarmRecord>();
    for (const { equipmentId, alarm, transition } of entries) {
      const id = ruleId(equipmentId, alarm);
      records.set(id, apply(records.get(id) ?? EMPTY_RECORD, transition));
    }
    book = createRuleBook(library, directory);
    wakes = createWakeQueue();
    for (const { id } of directory.all()) book.take(id, clockMs);
    for (const sample of newest.values()) {
      const point = book.point(sample);
      if (point) point.position = { epoch: sample.epoch, seq: sample.seq };
    }
    for (const rule of book.rules.values()) {
      const pending = delays.get(rule.id) ?? null;
      rule.state = newRuleState(
        clockMs,
        records.get(rule.id) ?? EMPTY_RECORD,
        pending === null ? null : { ...pending, notBeforeMs: clockMs + RESTART_GRACE_MS },
      );
    }
    const draft = newDraft();
    for (const { id } of directory.gateways())
      applyGateway(
        evaluation(),
        draft,
        { gatewayId: id, online: gatewayOnline.get(id) ?? true, timeMs: clockMs },
        clockMs,
      );
    for (const { equipmentId, point, reading } of known.values()) {
      const watched = book.watched(equipmentId);
      const now = { ...reading, atMs: clockMs };
      for (const rule of watched?.rules ?? []) {
        if (point === 'comm' && reading.value === 0) {
          const { definition } = rule;
          enter(draft, rule, deviceConnection(definition, stateIn(draft, rule), false, reading.sourceMs, clockMs));
        }
        enter(draft, rule, recall(rule.definition, stateIn(draft, rule), point, now));
      }
      if (watched !== undefined && point === 'comm' && reading.value === 0) draft.answers.set(watched, false);
    }
    followUpstream(evaluation(), draft, clockMs);
    for (const rule of before.rules.values()) judgeAgain(draft, rule);
    await commit(draft);
    for (const rule of book.rules.values()) schedule(rule);
  }

  function judgeAgain(draft: Draft, before: Rule): void {
    if (before.state.record.occurrence === null) return;
    const rule = book.rules.get(before.id);
    if (rule === undefined) {
      removeRules(draft, [before], clockMs);
      return;
    }
    const { definition } = rule;
    if (definition.fingerprint === before.definition.fingerprint) return;
    const last = known.get(`${rule.equipmentId} ${definition.point}`)?.reading ?? null;
    enter(draft, rule, redefine(definition, stateIn(draft, rule), last, clockMs));
  }

  async function batch(
    readings: readonly StageReading[],
    gatewayChanges: readonly { gatewayId: string; online: boolean; timeMs: number }[] = [],
  ): Promise<void> {
    const draft = newDraft();
    const samples = readings.map(sampleOf);
    evaluateBatch(evaluation(), draft, { nowMs: clockMs, samples, gatewayChanges });
    for (const [index, sample] of samples.entries()) {
      const reading = readings[index];
      if (reading !== undefined) remember(reading, sample);
    }
    await commit(draft);
  }

  /** As order-ended.ts does it live. */
  async function returnWhatOrdersHeld(): Promise<void> {
    const draft = newDraft();
    for (const rule of [...book.rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const reference = rule.state.record.facts.oos?.reference;
      if (reference === undefined || !orders.hasEnded(reference)) continue;
      decideOn(evaluation(), draft, rule, { actor: `order:${reference}`, nowMs: clockMs }, returnToService);
    }
    await commit(draft);
  }

  const wasRaised = ({ id }: Rule): boolean =>
    entries.some((one) => one.transition.event === 'ACTIVE' && ruleId(one.equipmentId, one.alarm) === id);

  return {
    nowMs: () => clockMs,
    advance,
    read: batch,
    async gateway(gatewayId, online) {
      // The register knows no second loss of what is lost.
      if ((gatewayOnline.get(gatewayId) ?? true) === online) return;
      gatewayOnline.set(gatewayId, online);
      await batch([], [{ gatewayId, online, timeMs: clockMs }]);
    },
    async person(equipmentId, alarm, by, verb) {
      const rule = book.rules.get(ruleId(equipmentId, alarm));
      if (rule === undefined) return { ok: false, code: 'not-found', detail: `${equipmentId} has no alarm ${alarm}` };
      // Service is of the alarm, every other verb of something on the list.
      const ofOccurrence = verb.verb !== 'take-out-of-service' && verb.verb !== 'return-to-service';
      if (ofOccurrence && !wasRaised(rule))
        return { ok: false, code: 'not-found', detail: `${rule.id} has never been raised` };
      if (verb.verb === 'take-out-of-service' && orders.hasEnded(verb.reference))
        return { ok: false, code: 'conflict', detail: `reference: ${verb.reference} has ended` };
      const draft = newDraft();
      const decision = decideOn(evaluation(), draft, rule, { actor: by, nowMs: clockMs }, (record, stamp) =>
        decide(rule.definition, record, verb, stamp),
      );
      await commit(draft);
      return decision.ok ? { ok: true, changed: decision.transitions.length > 0 } : decision;
    },
    async order(equipmentId, by, request) {
      const occurrences = new Map(
        [...book.rules.values()].map(({ state: { record } }) => [record.occurrence?.id, record.facts.cond] as const),
      );
      const answer = orders.take(equipmentId, by, request, clockMs, (id) => occurrences.get(id) === true);
      await returnWhatOrdersHeld();
      return answer;
    },
    orders: (equipmentId) => Promise.resolve(orders.states(equipmentId)),
    async restart(downMs) {
      clockMs += downMs;
      await startAgain();
    },
    async redefine(changed) {
      library = changed;
      await startAgain();
    },
    journal: () => Promise.resolve(entries),
    state: (equipmentId, alarm) => {
      const rule = book.rules.get(ruleId(equipmentId, alarm));
      return Promise.resolve(alarmState((rule?.state.record ?? EMPTY_RECORD).facts));
    },
  };
}
