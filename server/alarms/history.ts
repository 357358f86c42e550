// Stored readings of a while before the start, for rules that look at time.
import { sql } from 'kysely';
import type { Trx } from '../migrations/tables.ts';
import type { LastSample } from './store.ts';

/** Newest readings of one point that are looked at; a rule whose window holds more knows the newest part of it. */
const MOST_READINGS = 5000;

/** Oldest first: the last reading before the time and all later ones. */
export async function samplesSince(
  trx: Trx,
  points: readonly { readonly pointId: number; readonly sinceMs: number }[],
): Promise<LastSample[]> {
  if (points.length === 0) return [];
  const { rows } = await sql<LastSample>`SELECT p.id AS "pointId", s.epoch, s.seq, s.time, s.value, s.text, s.quality
    FROM unnest(
      ${points.map(({ pointId }) => pointId)}::int[], ${points.map(({ sinceMs }) => new Date(sinceMs))}::timestamptz[]
    ) AS p (id, since)
    CROSS JOIN LATERAL (
      (SELECT epoch, seq, time, value, text, quality FROM sample
       WHERE point_id = p.id AND time >= p.since ORDER BY time DESC, epoch DESC, seq DESC LIMIT ${MOST_READINGS})
      UNION ALL
      (SELECT epoch, seq, time, value, text, quality FROM sample
       WHERE point_id = p.id AND time < p.since ORDER BY time DESC, epoch DESC, seq DESC LIMIT 1)
    ) s ORDER BY s.time, s.epoch, s.seq`.execute(trx);
  return rows;
}
