// Health, readiness and metrics. `/healthz`: the process lives. `/readyz`: database and broker answer and readings can be
// committed. `/metrics`: Prometheus text.
import { sql } from 'kysely';
import type { Registry } from 'prom-client';
import type { IngestStatus } from '../ingest/ingest.ts';
import type { Db } from '../migrations/tables.ts';
import type { PlainPage } from '../platform/http/server.ts';

export interface ReadinessSources {
  readonly db: Db;
  /** null when everything has been started; else what the start waits for. */
  readonly starting: () => string | null;
  readonly ingest: () => IngestStatus | null;
}

export interface Readiness {
  readonly status: 'ready' | 'starting' | 'degraded';
  readonly waitingFor: string | null;
  readonly database: string;
  readonly broker: string;
  readonly ingest: { readonly waitingSamples: number; readonly failure: string | null } | null;
}

const QUERY_LIMIT_MS = 3_000;

export function healthPages(sources: ReadinessSources, metrics: Registry): PlainPage[] {
  const json = (status: number, body: object) => ({
    status,
    contentType: 'application/json',
    body: JSON.stringify(body),
  });
  return [
    { path: '/healthz', handle: async () => json(200, { status: 'ok' }) },
    {
      path: '/readyz',
      async handle() {
        const readiness = await readinessOf(sources);
        return json(readiness.status === 'ready' ? 200 : 503, readiness);
      },
    },
    {
      path: '/metrics',
      handle: async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.metrics() }),
    },
  ];
}

async function readinessOf({ db, starting, ingest }: ReadinessSources): Promise<Readiness> {
  const waitingFor = starting();
  const state = ingest();
  const database = await databaseState(db);
  const broker = state?.broker ?? 'not started';
  const failure = state?.failure?.message ?? null;
  const good = waitingFor === null && database === 'ok' && state?.ready === true && failure === null;
  return {
    status: good ? 'ready' : waitingFor === null ? 'degraded' : 'starting',
    waitingFor,
    database,
    broker,
    ingest: state === null ? null : { waitingSamples: state.waitingSamples, failure },
  };
}

async function databaseState(db: Db): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<string>((done) => {
    timer = setTimeout(() => done(`no answer within ${QUERY_LIMIT_MS} ms`), QUERY_LIMIT_MS);
  });
  const answer = sql`SELECT 1`.execute(db).then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const state = await Promise.race([answer, limit]);
  clearTimeout(timer);
  return state;
}
