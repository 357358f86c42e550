import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { BatchParticipant } from './participant.ts';
import { acknowledged, count, database, ids, startGateway, startServer, stored, until, useIngest } from './testing.ts';

useIngest();

describe('delivery', () => {
  it('stores readings once, answers with the watermark, fills the register', async () => {
    const server = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [
      ['comm', true, 1],
      ['pressure', 0.42, 2],
      ['running', true, 3],
      ['serial', '水"泵\\', 4],
    ]);
    gateway.send('P-1', [['pressure', 0.43, 5]]);
    gateway.send('P-1', [
      ['pressure', 0.42, 2],
      ['pressure', 0.43, 5],
    ]);
    gateway.send('P-2', [['comm', false, 6]]);
    await acknowledged(gateway, 6);
    expect(await stored()).toEqual(ids(1, 6));
    const { directory } = server.register;
    expect(directory.gateway('gw1')).toMatchObject({
      online: true,
      provesDelivery: true,
      watermark: { epoch: 1, seq: 6 },
    });
    expect(directory.equipment('gw1')).toMatchObject({ class: 'gateway', deviceId: '', online: true });
    expect(directory.equipment('P-1')).toMatchObject({ class: 'booster-pump-set', online: true, name: { zh: '泵' } });
    expect(directory.equipment('P-2')).toMatchObject({ class: 'generic-equipment', online: false });
    expect(server.latest.of('P-1').get('pressure')).toMatchObject({ value: 0.43, quality: 'good', seq: 5 });
    expect(server.latest.of('P-1').get('serial')?.value).toBe('水"泵\\');
    expect(server.latest.of('P-1').get('running')?.value).toBe(1);
    expect(await count(server.registry, 'duplicate_samples')).toBe(2);
    expect(server.batches.flatMap((batch) => batch.gatewayChanges)).toMatchObject([{ gatewayId: 'gw1', online: true }]);
  });

  it('keeps two readings of one point in the same millisecond', async () => {
    await startServer();
    const gateway = await startGateway();
    gateway.birth();
    const now = Date.now();
    gateway.send(
      'P-1',
      [
        ['pressure', 1, 1],
        ['pressure', 2, 2],
      ],
      now,
    );
    await acknowledged(gateway, 2);
    expect(await stored()).toEqual(ids(1, 2));
  });

  it('does not acknowledge past a lost message until it is sent again, and asks for rebirth once', async () => {
    await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [['pressure', 1, 1]]);
    await acknowledged(gateway, 1);
    gateway.lose();
    gateway.send('P-1', [['pressure', 3, 3]]);
    await until('a rebirth is asked for', () => gateway.rebirths === 1);
    gateway.send('P-1', [['pressure', 3, 3]]);
    await until('3 is stored', async () => (await stored()).length === 2);
    expect(gateway.watermarks.at(-1)?.seq).toBe(1);
    gateway.send('P-1', [['pressure', 2, 2]]);
    await acknowledged(gateway, 3);
    expect(await stored()).toEqual(ids(1, 3));
    expect(gateway.rebirths).toBe(1);
  });

  it('goes on after its restart: asks for rebirth, takes what is sent again, stores nothing twice', async () => {
    const timeMs = Date.now();
    const first = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.send(
      'P-1',
      [
        ['comm', true, 1],
        ['pressure', 1, 2],
        ['pressure', 4, 4],
      ],
      timeMs,
    );
    await acknowledged(gateway, 2);
    await first.ingest.stop();
    const second = await startServer();
    await until('a rebirth is asked for', () => gateway.rebirths >= 1);
    expect(second.latest.of('P-1').get('pressure')?.value).toBe(4);
    gateway.send(
      'P-1',
      [
        ['pressure', 1, 2],
        ['pressure', 3, 3],
        ['pressure', 4, 4],
        ['pressure', 5, 5],
      ],
      timeMs,
    );
    await acknowledged(gateway, 5);
    expect(await stored()).toEqual(ids(1, 5));
  });

  it('drops malformed messages, rejects single readings, and records what it rejected', async () => {
    const server = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.raw('DDATA', 'P-1', Buffer.from('no protobuf at all \xff\xff'));
    gateway.raw('NDATA', undefined, Buffer.alloc(0));
    gateway.send('P-1', [
      ['pressure', Number.NaN, 1],
      ['pressure', 2, 2],
      ['serial', 'x'.repeat(5_000), 3],
      ['serial', 'a\u0000b', 4],
    ]);
    await acknowledged(gateway, 4);
    expect(await stored()).toEqual(['1/2']);
    const gaps = await database.db.selectFrom('delivery_gap').selectAll().orderBy('first_seq').execute();
    expect(gaps.map((gap) => [gap.first_seq, gap.reason])).toEqual([
      [1, 'rejected'],
      [3, 'rejected'],
      [4, 'rejected'],
    ]);
    expect(await count(server.registry, 'rejected_samples')).toBe(3);
    expect(await count(server.registry, 'malformed_messages')).toBeGreaterThanOrEqual(1);
  });

  it('tries a batch again until the database takes it: exactly once, and acknowledged only then', async () => {
    let failures = 0;
    let broken = false;
    const extra: BatchParticipant = {
      name: 'breaks',
      async apply(trx) {
        if (!broken) return;
        failures++;
        // Ends the transaction's own connection in mid-batch (F10).
        await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(trx);
      },
      committed: () => undefined,
      rolledBack: () => undefined,
    };
    const server = await startServer({ extra });
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [['pressure', 1, 1]]);
    await acknowledged(gateway, 1);
    broken = true;
    gateway.send('P-1', [
      ['pressure', 2, 2],
      ['pressure', 3, 3],
    ]);
    await until('it has failed twice', () => failures >= 2);
    expect(server.ingest.status()).toMatchObject({ ready: false, database: 'failing' });
    expect(gateway.watermarks.at(-1)?.seq).toBe(1);
    broken = false;
    await acknowledged(gateway, 3);
    expect(await stored()).toEqual(ids(1, 3));
    expect(server.ingest.status()).toMatchObject({ ready: true, database: 'ok', waitingSamples: 0 });
  });

  it('sets aside the one message the database refuses, and goes on', async () => {
    const extra: BatchParticipant = {
      name: 'refuses',
      async apply(trx, batch) {
        if (batch.samples.some((sample) => sample.value === 666)) await sql`SELECT 1 / 0`.execute(trx);
      },
      committed: () => undefined,
      rolledBack: () => undefined,
    };
    await startServer({ extra });
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [['pressure', 1, 1]]);
    gateway.send('P-1', [['pressure', 666, 2]]);
    gateway.send('P-1', [['pressure', 3, 3]]);
    await acknowledged(gateway, 3);
    expect(await stored()).toEqual(['1/1', '1/3']);
    const gaps = await database.db.selectFrom('delivery_gap').selectAll().execute();
    expect(gaps).toMatchObject([{ first_seq: 2, last_seq: 2, reason: 'rejected' }]);
  });

  it('keeps readings with impossible times once, under the time of their arrival', async () => {
    const server = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    const year2099 = Date.UTC(2099, 0, 1);
    gateway.send('P-1', [['pressure', 1, 1]], year2099);
    gateway.send('P-1', [['pressure', 2, 2]], 0);
    await acknowledged(gateway, 2);
    await server.ingest.stop();
    await database.db.updateTable('gateway').set({ watermark_seq: 0 }).execute();
    await startServer();
    await until('a rebirth is asked for', () => gateway.rebirths >= 1);
    gateway.send('P-1', [['pressure', 1, 1]], year2099);
    gateway.send('P-1', [['pressure', 2, 2]], 0);
    gateway.send('P-1', [['pressure', 3, 3]], Date.now() - 3 * 86_400_000);
    await acknowledged(gateway, 3);
    const rows = await database.db.selectFrom('sample').selectAll().orderBy('seq').execute();
    expect(rows.map((row) => [row.seq, row.quality])).toEqual([
      [1, 3],
      [2, 3],
      [3, 0],
    ]);
    expect(Math.abs((rows[0]?.time.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    const suspects = await database.db.selectFrom('clock_suspect').selectAll().orderBy('seq').execute();
    expect(suspects.map((row) => row.stated_time.getTime())).toEqual([year2099, 0]);
  });
});
