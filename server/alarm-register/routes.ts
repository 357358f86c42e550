// REST of the master alarm list: reading, export, and import of reviews.
import type { EquipmentClass } from '@louwei/device-profiles';
import { definitionsOf } from '../alarms/core/definition.ts';
import { eventsOf } from '../alarms/core/event.ts';
import type { EquipmentDirectory } from '../assets/directory.ts';
import {
  type AlarmDefinition,
  type AlarmReview,
  alarmDefinitions,
  alarmExport,
  alarmExportQuery,
  reviewImport,
  reviewImportResult,
} from '../contract/alarm-register.ts';
import type { Db } from '../migrations/tables.ts';
import { writeAudit } from '../people/audit.ts';
import { type AnyRoute, route } from '../platform/http/route.ts';
import { entryOf } from './core/entry.ts';
import { exportCsv } from './core/export.ts';
import { dayOf, NO_REVIEW } from './core/review.ts';
import { type ImportPlan, planImport, reviewKey } from './core/review-import.ts';
import { loadReviews, lockReviews, saveReviews } from './store.ts';

export interface AlarmRegisterSources {
  readonly db: Db;
  readonly directory: EquipmentDirectory;
  readonly library: { readonly classes: ReadonlyMap<string, EquipmentClass> };
  readonly now: () => number;
}

const tag = 'alarm system';

export function alarmRegisterRoutes({ db, directory, library, now }: AlarmRegisterSources): AnyRoute[] {
  /** Only classes that some equipment has. */
  function entries(reviews: ReadonlyMap<string, AlarmReview>): AlarmDefinition[] {
    const counts = new Map<string, number>();
    for (const { class: name } of directory.all()) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts.keys()].sort().flatMap((name) => {
      const described = library.classes.get(name);
      if (described === undefined) return [];
      return [...definitionsOf(described), ...eventsOf(described)].map((definition) => {
        const review = reviews.get(reviewKey(name, definition.alarm)) ?? NO_REVIEW;
        return entryOf(described, definition, counts.get(name) ?? 0, review, now());
      });
    });
  }

  /** Either all lines are taken, or none. */
  const take = (csv: string, dryRun: boolean, actor: string, ip: string): Promise<ImportPlan> =>
    db.transaction().execute(async (trx) => {
      await lockReviews(trx);
      const known = new Map(
        entries(await loadReviews(trx)).map((entry) => {
          const { owner, reviewedOn, approvedBy, reviewDue } = entry;
          return [reviewKey(entry.class, entry.alarm), { owner, reviewedOn, approvedBy, reviewDue }] as const;
        }),
      );
      const plan = planImport(csv, known, now());
      if (dryRun || plan.faults.length > 0 || plan.changes.length === 0) return plan;
      await saveReviews(trx, plan.changes, { actor, atMs: now() });
      await writeAudit(trx, {
        atMs: now(),
        actor,
        action: 'alarm-reviews-imported',
        detail: { changes: plan.changes },
        ip,
      });
      return plan;
    });

  return [
    route({
      method: 'GET',
      path: '/api/v1/alarm-definitions',
      permission: 'alarm:read',
      summary: 'Master alarm list: every alarm of every class in use with its record and review',
      tag,
      answer: alarmDefinitions,
      handle: async () => ({ body: { items: entries(await loadReviews(db)) } }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/alarm-definitions/export',
      permission: 'alarm:read',
      summary: 'Master alarm list as a file to save, CSV or JSON',
      tag,
      query: alarmExportQuery,
      answer: alarmExport,
      async handle({ query: { format } }) {
        const items = entries(await loadReviews(db));
        const name = `alarm-list-${dayOf(now())}`;
        return {
          body:
            format === 'csv'
              ? { fileName: `${name}.csv`, mediaType: 'text/csv;charset=utf-8', text: exportCsv(items) }
              : {
                  fileName: `${name}.json`,
                  mediaType: 'application/json',
                  text: `${JSON.stringify({ items }, null, 2)}\n`,
                },
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/alarm-definitions/reviews',
      permission: 'alarm-system:manage',
      summary: 'Import owners and reviews from CSV; with any fault nothing is taken',
      tag,
      body: reviewImport,
      answer: reviewImportResult,
      async handle({ body: { csv, dryRun }, caller, ip }) {
        const { changes, unchanged, faults } = await take(csv, dryRun, caller.username, ip);
        const applied = !dryRun && faults.length === 0;
        return { body: { applied, changed: changes.length, unchanged, faults: [...faults] } };
      },
    }),
  ];
}
