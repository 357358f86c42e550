// The record of who did what, for those who may read it.
import { auditEntry, auditQuery } from '../contract/people.ts';
import { listOf } from '../contract/shared.ts';
import { type AnyRoute, route } from '../platform/http/route.ts';
import { readAudit } from './audit.ts';
import type { PeopleContext } from './context.ts';

/** Cursors of this list are sequence numbers. */
const query = auditQuery.extend({ cursor: auditQuery.shape.cursor.refine(isSeq, 'a cursor of this list') });

export const auditRoutes = ({ db }: PeopleContext): readonly AnyRoute[] => [
  route({
    method: 'GET',
    path: '/api/v1/audit',
    permission: 'audit:read',
    summary: 'Who did what, newest first',
    tag: 'people',
    query,
    answer: listOf(auditEntry),
    handle: async (request) => ({ body: await readAudit(db, request.query) }),
  }),
];

function isSeq(cursor: string | undefined): boolean {
  return cursor === undefined || /^\d{1,15}$/.test(cursor);
}
