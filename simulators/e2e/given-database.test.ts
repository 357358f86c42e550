// A PostgreSQL given by DATABASE_URL: used as it is when it answers, waited for and shown as what it is when it does not.
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from './client.ts';
import {
  ADMIN_PASSWORD,
  embeddedDatabaseUrl,
  freePort,
  type Product,
  startProduct,
  startProgram,
  temporaryFolder,
  until,
} from './product.ts';

let host: Product;
const folder = temporaryFolder();
beforeAll(async () => {
  // Another installation lends its database server; ours gets a database of its own there.
  host = await startProduct({ script: 'server/app/main.ts' });
}, 60_000);
afterAll(async () => {
  await host?.stop();
  folder.remove();
});

describe('DATABASE_URL', () => {
  it('is waited for with its reason in /readyz, and used as soon as it answers', async () => {
    const lender = new pg.Client({ connectionString: embeddedDatabaseUrl(host.dataDir) });
    await lender.connect();
    const url = new URL(embeddedDatabaseUrl(host.dataDir));
    url.pathname = '/given';
    const [httpPort, mqttPort] = [await freePort(), await freePort()];
    const program = startProgram('server/app/main.ts', [], {
      LOUWEI_HTTP_PORT: String(httpPort),
      LOUWEI_MQTT_PORT: String(mqttPort),
      LOUWEI_DATA_DIR: join(folder.path, 'data'),
      LOUWEI_ADMIN_PASSWORD: ADMIN_PASSWORD,
      DATABASE_URL: url.href,
    });
    const address = `http://127.0.0.1:${httpPort}`;
    try {
      const waiting = await until('the server says what it waits for', 20_000, async () => {
        const answer = await fetch(`${address}/readyz`);
        const body = (await answer.json()) as { status: string; waitingFor: string | null };
        return answer.status === 503 && body.waitingFor?.includes('"given"') ? body : undefined;
      });
      expect(waiting).toMatchObject({
        status: 'starting',
        waitingFor: 'the database (database "given" does not exist)',
      });
      expect((await fetch(`${address}/healthz`)).status).toBe(200);
      const early = await fetch(`${address}/api/v1/equipment`);
      expect(early.status).toBe(503);
      expect(await early.json()).toMatchObject({ code: 'unavailable' });

      await lender.query('CREATE DATABASE given');
      await until('the server is ready', 30_000, async () => (await fetch(`${address}/readyz`)).status === 200);
      const client = await signIn(address);
      expect(await client.get('/api/v1/equipment')).toEqual({ items: [], nextCursor: null });
    } finally {
      await program.stop();
      await lender.end();
    }
  }, 90_000);
});
