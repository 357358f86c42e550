// Keeps what people decided about each alarm of a class.
import { sql } from 'kysely';
import type { AlarmReview } from '../contract/alarm-register.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import { type ReviewChange, reviewKey } from './core/review-import.ts';

/** By class and alarm; also of alarms that no class has any more. */
export async function loadReviews(db: Db | Trx): Promise<ReadonlyMap<string, AlarmReview>> {
  const rows = await db
    .selectFrom('alarm_review')
    .select(['class', 'alarm', 'owner', 'approved_by'])
    .select([
      sql<string | null>`to_char(reviewed_on, 'YYYY-MM-DD')`.as('reviewedOn'),
      sql<string | null>`to_char(review_due, 'YYYY-MM-DD')`.as('reviewDue'),
    ])
    .execute();
  return new Map(
    rows.map((row) => [
      reviewKey(row.class, row.alarm),
      { owner: row.owner, reviewedOn: row.reviewedOn, approvedBy: row.approved_by, reviewDue: row.reviewDue },
    ]),
  );
}

/** One import after the other. */
export async function lockReviews(trx: Trx): Promise<void> {
  await sql`LOCK TABLE alarm_review IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
}

export async function saveReviews(
  trx: Trx,
  changes: readonly ReviewChange[],
  by: { readonly actor: string; readonly atMs: number },
): Promise<void> {
  for (const { class: name, alarm, after } of changes) {
    const review = {
      owner: after.owner,
      reviewed_on: after.reviewedOn,
      approved_by: after.approvedBy,
      review_due: after.reviewDue,
      updated_by: by.actor,
      updated_at: new Date(by.atMs),
    };
    await trx
      .insertInto('alarm_review')
      .values({ class: name, alarm, ...review })
      .onConflict((conflict) => conflict.columns(['class', 'alarm']).doUpdateSet(review))
      .execute();
  }
}
