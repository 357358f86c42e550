// The committed state of all rules and the transactions that change it: write, commit, adopt, tell. What a broken
// connection leaves open (was it committed or not) is settled by reading the database again.
import { isDeepStrictEqual } from 'node:util';
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { Feeds } from '../assets/feeds.ts';
import type { Alarm } from '../contract/alarms.ts';
import type { IngestedSample } from '../ingest/participant.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import type { AlarmOrders } from '../work-orders/create.ts';
import { callOut } from './call-out.ts';
import { consequencesOf } from './consequences.ts';
import { type AlarmRecord, EMPTY_RECORD, NORMAL_FACTS, type OutOfService } from './core/facts.ts';
import { newRuleState, type Pending, type RuleState } from './core/rule-state.ts';
import { adoptDraft, type Draft } from './draft.ts';
import type { Evaluation } from './evaluate.ts';
import { markFirstOut } from './first-out.ts';
import { type JournalOutbox, journalled } from './journalled.ts';
import type { AlarmLog, AlarmMetrics } from './ports.ts';
import { fromAlarmRow } from './rows.ts';
import { type Rule, type RuleBook, ruleId } from './rule-book.ts';
import { dropPending, loadOpen, loadService, saveDraft } from './store.ts';
import { toAlarm } from './view.ts';

interface RuntimeOptions {
  readonly db: Db;
  readonly book: RuleBook;
  readonly directory: EquipmentDirectory;
  readonly workOrders: AlarmOrders;
  readonly feeds: Feeds;
  readonly mint: () => string;
  readonly log: AlarmLog;
  readonly metrics: AlarmMetrics | undefined;
  readonly outbox?: JournalOutbox | undefined;
  /** Settings of equipment, which may have been part of a transaction in doubt. */
  readonly reloadSettings: (trx: Trx) => Promise<void>;
}

export interface Runtime extends RuntimeOptions {
  readonly openById: ReadonlyMap<string, Rule>;
  /** For {@link Evaluation}; unknown samples of a draft are collected in `into`. */
  evaluation(into: IngestedSample[]): Evaluation;
  /** Writes a draft inside the transaction; call {@link adopt} after its commit or {@link drop} after its rollback. */
  write(trx: Trx, draft: Draft): Promise<void>;
  adopt(trx: Trx | null, draft: Draft): void;
  drop(trx: Trx, draft: Draft): void;
  /** Writes, commits and adopts a draft in a transaction of its own; none when there is nothing to write. */
  commit(draft: Draft, more?: (trx: Trx) => Promise<void>): Promise<void>;
  /** Reads the open alarms again when a transaction ended in doubt. */
  settleDoubt(trx?: Trx): Promise<void>;
  reload(trx: Trx, notBeforeMs: number): Promise<void>;
  alarmOf(rule: Rule): Alarm | null;
  onAdopted(listener: (rules: Iterable<Rule>) => void): void;
  onChange(listener: (alarms: readonly Alarm[]) => void): void;
}

const normalRecord = ({ facts: { suppressedBy } }: AlarmRecord, oos: OutOfService | null): AlarmRecord => ({
  ...EMPTY_RECORD,
  facts: { ...NORMAL_FACTS, suppressedBy, oos },
});

/** What the tables do not hold stays as it was: the causes of an alarm without occurrence, the rule's inputs and memory. */
function restored(before: RuleState, nowMs: number, record: AlarmRecord, delay: Pending | null): RuleState {
  const { watch, ...state } = newRuleState(nowMs, record, delay);
  const { inputs, recollection, activatedAtMs, lifts } = before.watch;
  const kept = { ...watch, inputs, recollection, activatedAtMs, lifts };
  const { flapping } = before.watch;
  if (watch.flapping === null || flapping === null) return { ...state, watch: kept };
  return {
    ...state,
    watch: { ...kept, flapping, pending: delay, raw: delay === null ? flapping.cond : !flapping.cond },
  };
}

export function createRuntime(options: RuntimeOptions & { readonly now: () => number }): Runtime {
  const { db, book, directory, workOrders, feeds, mint, log, metrics, now, outbox } = options;
  const openById = new Map<string, Rule>();
  const adoptedListeners: ((rules: Iterable<Rule>) => void)[] = [];
  const changeListeners: ((alarms: readonly Alarm[]) => void)[] = [];
  let inDoubt = false;

  const identityOf = (rule: Rule) => ({
    affectedEquipment: consequencesOf(rule, book, feeds).equipmentIds.length,
    equipmentId: rule.equipmentId,
    alarm: rule.definition.alarm,
    equipment: directory.equipment(rule.equipmentId),
  });

  function alarmOf(rule: Rule): Alarm | null {
    const { record, watch } = rule.state;
    const uncounted = watch.flapping?.activations ?? 0;
    return record.occurrence === null ? null : toAlarm(identityOf(rule), record, record.occurrence, uncounted);
  }

  function needsWrite(draft: Draft): boolean {
    if (draft.recorded.length > 0) return true;
    for (const [rule, { watch }] of draft.states)
      if (watch.pending?.sinceMs !== rule.state.watch.pending?.sinceMs) return true;
    return false;
  }

  async function write(trx: Trx, draft: Draft): Promise<void> {
    if (!needsWrite(draft)) return;
    markFirstOut(draft, book);
    await callOut(trx, draft, workOrders, directory);
    const seqs = await saveDraft(trx, draft);
    if (outbox?.isWanted() === true) await outbox.write(trx, journalled(draft, seqs, identityOf));
  }

  function adopt(trx: Trx | null, draft: Draft): void {
    adoptDraft(draft);
    if (trx !== null) workOrders.committed(trx);
    for (const { occurrence } of draft.closed) openById.delete(occurrence.id);
    const touched = new Set<Rule>();
    for (const { rule, transition } of draft.recorded) {
      touched.add(rule);
      metrics?.transitions.inc({ event: transition.event });
    }
    const changed: Alarm[] = draft.closed.map(({ rule, occurrence }) =>
      toAlarm(identityOf(rule), { facts: NORMAL_FACTS, occurrence }, occurrence),
    );
    for (const rule of touched) {
      const { occurrence } = rule.state.record;
      if (occurrence !== null && book.rules.get(rule.id) === rule) openById.set(occurrence.id, rule);
      const alarm = alarmOf(rule);
      if (alarm !== null) changed.push(alarm);
    }
    metrics?.open.set(openById.size);
    for (const listener of adoptedListeners) listener(draft.states.keys());
    if (changed.length === 0) return;
    for (const listener of changeListeners) {
      try {
        listener(changed);
      } catch (error) {
        log.error({ err: error }, 'a listener of alarms failed');
      }
    }
  }

  function drop(trx: Trx, draft: Draft): void {
    workOrders.rolledBack(trx);
    if (needsWrite(draft)) inDoubt = true;
  }

  async function commit(draft: Draft, more?: (trx: Trx) => Promise<void>): Promise<void> {
    if (more === undefined && !needsWrite(draft)) return adopt(null, draft);
    let used: Trx | null = null;
    try {
      await db.transaction().execute(async (trx) => {
        used = trx;
        await write(trx, draft);
        await more?.(trx);
      });
    } catch (error) {
      if (used !== null) drop(used, draft);
      if (draft.definitions.size > 0) inDoubt = true;
      throw error;
    }
    adopt(used, draft);
  }

  async function reload(trx: Trx, notBeforeMs: number): Promise<void> {
    await options.reloadSettings(trx);
    const { alarms, pending } = await loadOpen(trx);
    const records = new Map(alarms.map((row) => [ruleId(row.equipment_id, row.alarm), fromAlarmRow(row)]));
    const service = new Map(
      (await loadService(trx)).map(({ equipmentId, alarm, oos }) => [ruleId(equipmentId, alarm), oos] as const),
    );
    const delays = new Map<string, Pending>();
    for (const row of pending)
      delays.set(ruleId(row.equipment_id, row.alarm), {
        sinceMs: row.since.getTime(),
        sourceMs: row.source_time.getTime(),
        value: row.value,
        notBeforeMs,
      });
    const orphans: Rule[] = [];
    openById.clear();
    for (const rule of book.rules.values()) {
      const { record, watch } = rule.state;
      const stored = records.get(rule.id);
      const delay = delays.get(rule.id) ?? null;
      const oos = service.get(rule.id) ?? null;
      const same =
        stored === undefined
          ? record.occurrence === null && isDeepStrictEqual(record.facts.oos, oos)
          : isDeepStrictEqual(stored, record);
      // The delay of an alarm that is held because it flaps means nothing without what was known beside it.
      if (stored?.occurrence?.chattering === true && watch.flapping === null && delay !== null) orphans.push(rule);
      if (!same || delay?.sinceMs !== watch.pending?.sinceMs)
        rule.state = restored(rule.state, now(), stored ?? normalRecord(record, oos), delay);
      const { occurrence } = rule.state.record;
      if (occurrence !== null) openById.set(occurrence.id, rule);
    }
    await dropPending(trx, orphans);
    metrics?.open.set(openById.size);
    for (const listener of adoptedListeners) listener(book.rules.values());
  }

  return {
    ...options,
    openById,
    evaluation: (into) => ({ book, directory, feeds, mint, unknown: (sample) => void into.push(sample) }),
    write,
    adopt,
    drop,
    commit,
    async settleDoubt(trx) {
      if (!inDoubt) return;
      if (trx === undefined) await db.transaction().execute((own) => reload(own, 0));
      else await reload(trx, 0);
      inDoubt = false;
    },
    reload,
    alarmOf,
    onAdopted: (listener) => void adoptedListeners.push(listener),
    onChange: (listener) => void changeListeners.push(listener),
  };
}
