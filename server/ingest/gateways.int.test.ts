import { rmSync, statSync } from 'node:fs';
import { encodePayload, type Metric } from '@louwei/gateway/sparkplug';
import { sql } from 'kysely';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { ensureGatewayAccount } from './mqtt-accounts.ts';
import {
  acknowledged,
  bdSeqMetric,
  cleanup,
  database,
  dataDir,
  port,
  startGateway,
  startServer,
  stored,
  until,
  useIngest,
} from './testing.ts';

useIngest();

describe('gateways', () => {
  it('takes equipment offline with its gateway, ignores a stale death, and sees it come back', async () => {
    const server = await startServer();
    const { directory } = server.register;
    const gateway = await startGateway();
    gateway.birth(7);
    gateway.send('P-1', [['comm', true, 1]]);
    await acknowledged(gateway, 1);
    const death = (bdSeq: number): Buffer => encodePayload({ timestampMs: Date.now(), metrics: [bdSeqMetric(bdSeq)] });
    gateway.raw('NDEATH', undefined, death(6));
    gateway.send('P-1', [['pressure', 1, 2]]);
    await acknowledged(gateway, 2);
    expect(directory.gateway('gw1')?.online).toBe(true);
    gateway.raw('NDEATH', undefined, death(7));
    await until('the gateway is offline', () => directory.gateway('gw1')?.online === false);
    expect(directory.equipment('P-1')).toMatchObject({ online: false });
    expect(directory.equipment('gw1')).toMatchObject({ online: false });
    gateway.birth(8);
    gateway.send('P-1', [['comm', true, 3]]);
    await acknowledged(gateway, 3);
    expect(directory.equipment('P-1')).toMatchObject({ online: true, offlineSinceMs: null });
    const changes = server.batches.flatMap((batch) => batch.gatewayChanges);
    expect(changes.map(({ online }) => online)).toEqual([true, false, true]);
  });

  it('takes a gateway that stays silent after a start for offline', async () => {
    const first = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    await until('it is online', () => first.register.directory.gateway('gw1')?.online === true);
    await first.ingest.stop();
    await gateway.client.endAsync(true);
    const second = await startServer({ silenceMs: 100 });
    expect(second.register.directory.gateway('gw1')?.online).toBe(true);
    await until('it is offline', () => second.register.directory.gateway('gw1')?.online === false);
  });

  it('starts anew with a higher epoch, refuses a lower one, and records what a gateway gave up', async () => {
    await startServer();
    const old = await startGateway('gw1', 1);
    old.birth();
    old.send('P-1', [
      ['pressure', 1, 1],
      ['pressure', 4, 4],
    ]);
    await acknowledged(old, 1);
    const fresh = await startGateway('gw1', 2);
    fresh.birth();
    fresh.send('P-1', [['pressure', 1, 1]]);
    await until('the new epoch is acknowledged', () => fresh.watermarks.at(-1)?.epoch === 2);
    const notice: Metric[] = [
      { name: 'Node Info/Dropped Through', type: 'Int64', value: 9, timestampMs: Date.now(), quality: 'good' },
      { name: 'Node Info/Dropped Records', type: 'Int64', value: 8, timestampMs: Date.now(), quality: 'good' },
    ];
    fresh.raw(
      'NBIRTH',
      undefined,
      encodePayload({ timestampMs: Date.now(), seq: 0, metrics: notice, delivery: { epoch: 2, seqs: [0, 0] } }),
    );
    await acknowledged(fresh, 9);
    old.birth();
    old.send('P-1', [['pressure', 2, 2]]);
    fresh.birth();
    fresh.send('P-1', [['pressure', 10, 10]]);
    await acknowledged(fresh, 10);
    expect(await stored()).toEqual(['1/1', '1/4', '2/1', '2/10']);
    const gaps = await database.db.selectFrom('delivery_gap').selectAll().orderBy('epoch').execute();
    expect(gaps.map((gap) => [gap.epoch, gap.first_seq, gap.last_seq, gap.reason])).toEqual([
      [1, 2, 3, 'epoch-changed'],
      [2, 2, 9, 'gateway-dropped'],
    ]);
  });

  it('shows edge nodes of other makers: generic equipment, values of births, comm from births and deaths', async () => {
    const server = await startServer();
    const { directory } = server.register;
    await database.db
      .insertInto('mqtt_account')
      .values({
        username: 'plant/ignition',
        role: 'gateway',
        group_id: 'plant',
        node_id: 'ignition',
        secret_hash: '',
        created_at: new Date(),
      })
      .execute();
    await sql`UPDATE mqtt_account SET secret_hash = encode(sha256('s3cret'::bytea), 'hex')`.execute(database.db);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      protocolVersion: 4,
      username: 'plant/ignition',
      password: 's3cret',
    });
    cleanup.push(() => client.endAsync(true));
    const now = Date.now();
    const metric = (name: string, value: number, alias?: number): Metric => ({
      name,
      type: 'Double',
      value,
      timestampMs: now,
      quality: 'good',
      ...(alias === undefined ? {} : { alias }),
    });
    client.publish(
      'spBv1.0/plant/NBIRTH/ignition',
      encodePayload({ timestampMs: now, seq: 0, metrics: [bdSeqMetric(0), metric('CPU/Load', 12)] }),
    );
    client.publish(
      'spBv1.0/plant/DBIRTH/ignition/Chiller 1',
      encodePayload({ timestampMs: now, seq: 1, metrics: [metric('Supply Temp', 7, 3)] }),
    );
    // A data message without data type: `alias` 3 (field 2), `double_value` 8.5 (field 13).
    const untyped = Buffer.concat([Buffer.from([0x10, 3, 0x69]), Buffer.from(new Float64Array([8.5]).buffer)]);
    const payload = Buffer.concat([
      Buffer.from([0x08, ...varint(now)]),
      Buffer.from([0x12, untyped.length]),
      untyped,
      Buffer.from([0x18, 2]),
    ]);
    client.publish('spBv1.0/plant/DDATA/ignition/Chiller 1', payload);
    await until('the value is there', () => server.latest.of('Chiller 1').get('Supply Temp')?.value === 8.5);
    expect(directory.equipment('Chiller 1')).toMatchObject({
      class: 'generic-equipment',
      online: true,
      gatewayId: 'plant/ignition',
    });
    expect(server.latest.of('plant/ignition').get('CPU/Load')?.value).toBe(12);
    client.publish('spBv1.0/plant/DDEATH/ignition/Chiller 1', encodePayload({ timestampMs: now, seq: 3, metrics: [] }));
    await until('comm is lost', () => server.latest.of('Chiller 1').get('comm')?.value === 0);
    expect(directory.equipment('Chiller 1')?.online).toBe(false);
  });

  it('writes the credentials of a gateway for its owner only, and keeps them', async () => {
    const first = await ensureGatewayAccount(database.db, dataDir, { node: 'gw9' });
    expect(statSync(first.file).mode & 0o777).toBe(0o600);
    expect(await ensureGatewayAccount(database.db, dataDir, { node: 'gw9' })).toEqual(first);
    rmSync(first.file);
    expect((await ensureGatewayAccount(database.db, dataDir, { node: 'gw9' })).password).not.toBe(first.password);
  });
});

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
