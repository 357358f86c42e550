// Changes of alarm settings: checked, journalled and in force with one commit; open alarms are judged again at once.
import type { EquipmentClass } from '@louwei/device-profiles';
import { ProblemError } from '../platform/http/route.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { reconfigure } from './core/reload.ts';
import { changesOf, type FieldChange, type Settings, withChanges } from './core/settings.ts';
import { checkSettings, delayWarnings, explain, type SettingProblem } from './core/settings-check.ts';
import { type Draft, enter, newDraft, stateIn } from './draft.ts';
import { wakeRule } from './evaluate.ts';
import { readingOf } from './recall.ts';
import type { Runtime } from './runtime.ts';
import type { SettingsInForce } from './settings-in-force.ts';
import { findChange, insertChange } from './settings-store.ts';
import { lastSamples, saveFingerprint } from './store.ts';

interface Request {
  readonly equipmentId: string;
  readonly by: string;
  /** Version that the person saw. */
  readonly version: number;
  readonly confirmed: boolean;
}

export interface SettingsVerbs {
  change(
    request: Request & { readonly reason: string; readonly values: Readonly<Record<string, number | null>> },
  ): Promise<{ readonly changed: boolean; readonly version: number }>;
  undo(request: Request & { readonly undo: number }): Promise<{ readonly changed: boolean; readonly version: number }>;
}

interface Decided {
  readonly reason: string;
  readonly undoes: number | null;
  readonly changes: readonly FieldChange[];
}

const refuse = (problems: readonly SettingProblem[]): ProblemError =>
  new ProblemError(400, 'invalid-request', problems.map(explain).join('; '));

export function createSettingsVerbs(
  runtime: Runtime,
  inForce: SettingsInForce,
  classes: ReadonlyMap<string, EquipmentClass>,
  queue: SerialQueue,
  now: () => number,
): SettingsVerbs {
  const { db, book, directory } = runtime;

  /** Draft of what the new settings do to the equipment's alarms now. */
  async function judge(equipmentId: string, settings: Settings, nowMs: number): Promise<Draft> {
    const draft = newDraft();
    const wanted = new Map(book.definitions(equipmentId, settings).map((definition) => [definition.alarm, definition]));
    const rules = (book.watched(equipmentId)?.rules ?? []).flatMap((rule) => {
      const next = wanted.get(rule.definition.alarm);
      return next === undefined || next.fingerprint === rule.definition.fingerprint ? [] : [{ rule, next }];
    });
    const points = directory.equipment(equipmentId)?.points;
    const pointOf = (name: string): number | undefined => points?.get(name)?.pointId;
    const ids = rules.flatMap(({ next }) => pointOf(next.point) ?? []);
    const last = new Map(
      (await db.transaction().execute((trx) => lastSamples(trx, ids))).map((sample) => [sample.pointId, sample]),
    );
    for (const { rule, next } of rules) {
      // What fell due before the change is still decided by the old definition.
      wakeRule(runtime.evaluation([]), draft, rule, nowMs);
      const sample = last.get(pointOf(next.point) ?? -1);
      const reading = sample === undefined ? null : readingOf(sample, nowMs);
      const outcome = reconfigure(next, stateIn(draft, rule), reading, nowMs, runtime.mint);
      enter(draft, rule, outcome);
      draft.states.set(rule, outcome.state);
      draft.definitions.set(rule, next);
    }
    return draft;
  }

  const apply = (
    { equipmentId, by, version, confirmed }: Request,
    decide: (described: EquipmentClass, settings: Settings) => Promise<Decided>,
  ): Promise<{ changed: boolean; version: number }> =>
    queue.run(async () => {
      await runtime.settleDoubt();
      const record = directory.equipment(equipmentId);
      const described = classes.get(record?.class ?? '');
      if (record === undefined) throw new ProblemError(404, 'not-found', `there is no equipment ${equipmentId}`);
      if (described === undefined)
        throw new ProblemError(404, 'not-found', `equipment ${equipmentId} has no known class and so no alarms`);
      const held = inForce.saved(equipmentId);
      if (version !== held.version)
        throw new ProblemError(
          409,
          'conflict',
          `version: found ${version}, expected ${held.version}: the settings were changed meanwhile`,
        );
      const { reason, undoes, changes } = await decide(described, held.settings);
      if (changes.length === 0) return { changed: false, version };
      const settings = withChanges(held.settings, changes);
      const problems = checkSettings(described, settings);
      if (problems.length > 0) throw refuse(problems);
      const warnings = delayWarnings(described, changes);
      if (warnings.length > 0 && !confirmed)
        throw new ProblemError(
          409,
          'conflict',
          `${warnings.map(explain).join('; ')}; repeat with confirmed: true to set it nevertheless`,
        );
      const nowMs = now();
      const draft = await judge(equipmentId, settings, nowMs);
      const next = { version: version + 1, settings };
      await runtime.commit(draft, async (trx) => {
        await insertChange(trx, { equipmentId, by, reason, undoes, changes, atMs: nowMs, ...next });
        for (const [rule, { fingerprint }] of draft.definitions) {
          const { occurrence } = stateIn(draft, rule).record;
          if (occurrence !== null) await saveFingerprint(trx, occurrence.id, fingerprint);
        }
      });
      inForce.put(equipmentId, next);
      return { changed: true, version: next.version };
    });

  return {
    change: ({ reason, values, ...request }) =>
      apply(request, async (described, settings) => ({
        reason,
        undoes: null,
        changes: changesOf(described, settings, values),
      })),
    undo: ({ undo, ...request }) =>
      apply(request, async (_described, settings) => {
        const former = await findChange(db, request.equipmentId, undo);
        if (former === undefined)
          throw new ProblemError(404, 'not-found', `equipment ${request.equipmentId} has no change ${undo}`);
        const moved = former.changes.find(({ field, to }) => (settings[field] ?? null) !== to);
        if (moved !== undefined)
          throw new ProblemError(
            409,
            'conflict',
            `${moved.field}: found ${settings[moved.field] ?? 'the class default'}, expected ${
              moved.to ?? 'the class default'
            } as change ${undo} left it: it was changed again since`,
          );
        return {
          reason: `undo of change ${undo}: ${former.reason}`,
          undoes: undo,
          changes: former.changes.map(({ field, from, to }) => ({ field, from: to, to: from })),
        };
      }),
  };
}
