// SIGKILL of server and gateway at random moments under load: afterwards every reading the gateway has logged is in the
// database exactly once (shown by epoch and sequence number), and no alarm or work order exists twice.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createLoadSite } from './load-site.ts';
import {
  ADMIN_PASSWORD,
  embeddedDatabaseUrl,
  freePort,
  type Program,
  startProgram,
  temporaryFolder,
  until,
} from './product.ts';

const KILLS = 10;
const SPAN_MS = 120_000;
const DEVICES = 80;
const POINTS = 25;

/** Small seeded generator (mulberry32), so that a failing schedule can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('random kills under load', () => {
  it(`keep every logged reading exactly once: ${DEVICES * POINTS} points/s, ${KILLS} kills each`, async () => {
    const seed = Number(process.env['LOUWEI_TEST_SEED'] ?? Date.now() % 2 ** 31);
    console.info(`seed ${seed} (LOUWEI_TEST_SEED)`);
    const random = randomFrom(seed);
    const folder = temporaryFolder();
    const dataDir = join(folder.path, 'data');
    const [httpPort, mqttPort, healthPort] = [await freePort(), await freePort(), await freePort()];
    const site = await createLoadSite({
      folder: folder.path,
      gateway: 'gw-k',
      devices: DEVICES,
      pointsPerDevice: POINTS,
      healthPort,
      uplinkUrl: `mqtt://127.0.0.1:${mqttPort}`,
      passwordFile: join(dataDir, 'secrets/gateway-gw-k.json'),
    });
    const startServer = (): Program =>
      startProgram('server/app/main.ts', [], {
        LOUWEI_HTTP_PORT: String(httpPort),
        LOUWEI_MQTT_PORT: String(mqttPort),
        LOUWEI_DATA_DIR: dataDir,
        LOUWEI_ADMIN_PASSWORD: ADMIN_PASSWORD,
        LOUWEI_BUILTIN_GATEWAY: 'gw-k',
        LOUWEI_PROFILES: site.profiles,
      });
    const startGateway = (): Program => startProgram('gateway/app/main.js', ['--config', site.gatewayConfig], {});
    const ready = () =>
      until(
        'the server is ready',
        60_000,
        async () => (await fetch(`http://127.0.0.1:${httpPort}/readyz`)).status === 200,
      );
    let server = startServer();
    await ready();
    let gateway = startGateway();
    let database: pg.Client | undefined;
    try {
      site.startTraffic();
      const schedule = (['server', 'gateway'] as const)
        .flatMap((who) => Array.from({ length: KILLS }, () => ({ who, atMs: 5_000 + random() * (SPAN_MS - 10_000) })))
        .sort((a, b) => a.atMs - b.atMs);
      const began = Date.now();
      for (const { who, atMs } of schedule) {
        await delay(Math.max(0, began + atMs - Date.now()));
        const victim = who === 'server' ? server : gateway;
        victim.child.kill('SIGKILL');
        await victim.ended;
        if (who === 'server') server = startServer();
        else gateway = startGateway();
      }
      await delay(Math.max(0, began + SPAN_MS - Date.now()));
      site.stopTraffic();
      await ready();

      const logged = await until('the gateway has nothing left to send', 90_000, () => outboxOf(healthPort));
      database = new pg.Client({ connectionString: embeddedDatabaseUrl(dataDir) });
      await database.connect();
      const {
        rows: [stored],
      } = await database.query(`
        SELECT count(*)::int AS rows, count(DISTINCT (epoch, seq))::int AS distinct_rows, count(DISTINCT epoch)::int AS epochs,
               min(seq)::int AS first, max(seq)::int AS last FROM sample s JOIN point p ON p.id = s.point_id
        JOIN equipment e ON e.id = p.equipment_id WHERE e.gateway_id = 'gw-k'`);
      console.info(`stored ${JSON.stringify(stored)}, the gateway logged up to ${logged}`);
      expect(stored).toEqual({ rows: logged, distinct_rows: logged, epochs: 1, first: 1, last: logged });
      // Half of the span at least was read: the kills did not just stop everything.
      expect(logged).toBeGreaterThan((DEVICES * POINTS * SPAN_MS) / 1000 / 4);

      const {
        rows: [alarms],
      } = await database.query(`
        SELECT count(*)::int AS occurrences, count(DISTINCT (equipment_id, alarm)) FILTER (WHERE closed_at IS NULL)::int AS open_keys,
               count(*) FILTER (WHERE closed_at IS NULL)::int AS open FROM alarm`);
      expect(alarms.open).toBe(alarms.open_keys);
      expect(alarms.occurrences).toBeGreaterThan(0);
      const { rows: doubled } = await database.query(
        `SELECT equipment_id, count(*)::int AS orders FROM work_order WHERE state NOT IN ('CLOSED', 'CANCELLED') GROUP BY equipment_id HAVING count(*) > 1`,
      );
      expect(doubled).toEqual([]);
      const {
        rows: [orders],
      } = await database.query('SELECT count(*)::int AS n FROM work_order');
      expect(orders.n).toBe(DEVICES);
    } finally {
      await database?.end();
      await gateway.stop();
      await server.stop();
      await site.stop();
      folder.remove();
    }
  }, 400_000);
});

/** Last sequence number the gateway has logged, once the server has committed all of it. */
async function outboxOf(healthPort: number): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
  const metric = (name: string): number =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const last = metric('louwei_gateway_outbox_last_seq');
  return last > 0 && metric('louwei_gateway_outbox_records') === 0 ? last : undefined;
}
