import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Gateway } from '../contract/equipment.ts';
import { type LiveMessage, type LiveValue, liveMessage } from '../contract/live.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { createPeople, type People } from '../people/people.ts';
import { createHttpServer, type HttpServer } from '../platform/http/server.ts';
import { createLog } from '../platform/log.ts';
import { createLive, type Live } from './live.ts';

const log = createLog('test', 'silent');
const ADMIN = 'the lamp in the pump room';
const DEADLINE_MS = 10_000;

const gateway = (id: string, equipmentCount: number): Gateway => ({
  id,
  online: true,
  since: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-01T00:00:00.000Z',
  equipmentCount,
  watermark: { epoch: 1, seq: 1 },
  provesDelivery: true,
});

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited too long until ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

describe('live socket', () => {
  let database: TestDatabase;
  let people: People;
  let server: HttpServer;
  let live: Live;
  let port: number;
  const gateways = new Map<string, Gateway>();
  const present = new Map<string, LiveValue>();
  const registry = new Registry();
  const sockets: WebSocket[] = [];

  beforeAll(async () => {
    database = await startTestDatabase();
    people = createPeople({ db: database.db, now: Date.now, log, secureCookie: false });
    await people.ensureAdmin({ password: ADMIN });
    live = createLive({
      sources: {
        gateways: () => [...gateways.values()],
        equipment: () => [],
        alarms: () => [],
        workOrders: () => [],
        floods: () => [],
        values: (ids, points) =>
          [...present.values()].filter(
            ([id, point]) => (ids === '*' || ids.includes(id)) && (points === 'all' || point === 'p0'),
          ),
        newestReadingMs: () => Date.now() - 1500,
      },
      isFaceplate: (_id, point) => point === 'p0',
      now: Date.now,
      log,
      metrics: registry,
      heartbeatMs: 1000,
    });
    people.onSessionEnded(live.endSession);
    server = await createHttpServer({
      routes: people.routes,
      authorize: people.authorize,
      permits: people.permits,
      openApi: { title: 'Test', version: '1' },
      log,
    });
    server.onUpgrade('/api/v1/live', 'equipment:read', (socket, { caller, query }) =>
      live.attach(socket, caller, query.get('resume')),
    );
    port = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.terminate();
    live.stop();
    await server.stop();
    await people.stop();
    await database.stop();
  });

  const signIn = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: ADMIN }),
    });
    expect(response.status).toBe(200);
    return (response.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? '';
  };

  const connect = (cookie: string, resume?: string) => {
    const query = resume === undefined ? '' : `?resume=${resume}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live${query}`, { headers: { cookie } });
    sockets.push(socket);
    const messages: LiveMessage[] = [];
    const closed = { code: 0 };
    socket.on('message', (data) => messages.push(liveMessage.parse(JSON.parse(String(data)))));
    socket.on('close', (code) => {
      closed.code = code;
    });
    socket.on('error', () => undefined);
    const of = <Type extends LiveMessage['type']>(type: Type) =>
      messages.filter((message): message is Extract<LiveMessage, { type: Type }> => message.type === type);
    const seqs = () => of('delta').map((delta) => delta.seq);
    const valuesOf = () => of('values').flatMap((message) => message.values);
    return { socket, messages, closed, of, seqs, valuesOf };
  };
  const change = (id: string, count: number) => {
    const changed = gateway(id, count);
    gateways.set(id, changed);
    live.changed({ gateways: [changed] });
  };
  const setValue = (equipmentId: string, point: string, value: number) => {
    const changed: LiveValue = [equipmentId, point, value, 'good', Date.now()];
    present.set(`${equipmentId} ${point}`, changed);
    live.values([changed]);
  };

  it('is only for people who are signed in', async () => {
    const answer = await new Promise<number | undefined>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`);
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode);
        socket.terminate();
      });
      socket.on('error', () => undefined);
    });
    expect(answer).toBe(401);
  });

  it('sends hello, the snapshot, then changes that come together as one delta, and a heartbeat', async () => {
    gateways.set('g1', gateway('g1', 1));
    const client = connect(await signIn());
    await until('the snapshot is there', () => client.of('snapshot').length === 1);
    expect(client.messages[0]).toMatchObject({ type: 'hello', instance: live.instance });
    expect(client.of('snapshot')[0]?.gateways.map(({ id }) => id)).toEqual(['g1']);
    for (let count = 2; count <= 10; count++) change('g1', count);
    change('g2', 1);
    await until('the delta is there', () => client.seqs().length === 1);
    expect(client.of('delta')[0]?.gateways?.map(({ id, equipmentCount }) => `${id} ${equipmentCount}`)).toEqual([
      'g1 10',
      'g2 1',
    ]);
    await until('the heartbeat is there', () => client.of('heartbeat').some(({ seq }) => seq === client.seqs()[0]));
    expect(client.of('heartbeat')[0]?.dataAgeMs).toBeGreaterThanOrEqual(1500);
    client.socket.close();
  });

  it('resumes with what was missed, each delta once; another instance or an old seq gets a snapshot', async () => {
    const cookie = await signIn();
    const first = connect(cookie);
    await until('the snapshot is there', () => first.of('snapshot').length === 1);
    const start = first.of('snapshot')[0]?.seq ?? -1;
    change('g1', 100);
    await until('the delta is there', () => first.seqs().length === 1);
    first.socket.terminate();
    const other = connect(cookie);
    await until('the other has its snapshot', () => other.of('snapshot').length === 1);
    for (let round = 1; round <= 3; round++) {
      change('g1', 100 + round);
      await until('the other has seen it', () => other.seqs().length === round);
    }
    change('g1', 200);
    const back = connect(cookie, `${live.instance}.${start + 1}`);
    await until('all is there', () => back.seqs().includes(start + 5));
    expect(back.seqs()).toEqual([start + 2, start + 3, start + 4, start + 5]);
    expect(back.of('snapshot')).toEqual([]);
    expect(back.of('delta').at(-1)?.gateways?.[0]?.equipmentCount).toBe(200);
    for (const resume of [`0000.${start}`, `${live.instance}.${start + 999}`, 'nonsense']) {
      const fresh = connect(cookie, resume);
      await until('the snapshot is there', () => fresh.of('snapshot').length === 1);
      expect(fresh.of('snapshot')[0]?.seq).toBe(start + 5);
      fresh.socket.close();
    }
    back.socket.close();
    other.socket.close();
  });

  it('sends the values a client watches: the present ones at once, then the newest', async () => {
    const cookie = await signIn();
    setValue('E1', 'p0', 1);
    setValue('E1', 'p1', 2);
    setValue('E2', 'p0', 3);
    const overview = connect(cookie);
    const page = connect(cookie);
    await until('both are open', () => [overview, page].every((client) => client.of('snapshot').length === 1));
    overview.socket.send(JSON.stringify({ type: 'watch', equipment: ['*'], points: 'faceplate' }));
    page.socket.send(JSON.stringify({ type: 'watch', equipment: ['E1'], points: 'all' }));
    const shown = (client: typeof page) => client.valuesOf().map(([id, point, value]) => `${id} ${point} ${value}`);
    await until('the present values are there', () => overview.valuesOf().length === 2 && page.valuesOf().length === 2);
    expect(shown(overview).sort()).toEqual(['E1 p0 1', 'E2 p0 3']);
    expect(shown(page).sort()).toEqual(['E1 p0 1', 'E1 p1 2']);
    for (let value = 10; value <= 1000; value++) setValue('E1', 'p1', value);
    setValue('E2', 'p0', 4);
    await until(
      'the newest are there',
      () => shown(page).includes('E1 p1 1000') && shown(overview).includes('E2 p0 4'),
    );
    expect(page.valuesOf().length).toBeLessThan(10);
    expect(shown(page).some((value) => value.startsWith('E2'))).toBe(false);
    expect(shown(overview).some((value) => value.includes('p1'))).toBe(false);
    overview.socket.close();
    page.socket.close();
  });

  it.each([
    ['not JSON', '{', 1008],
    ['an unknown request', '{"type":"write","value":1}', 1008],
    ['a binary message', Buffer.from('{}'), 1008],
    ['more than 64 kB', `"${'x'.repeat(70_000)}"`, 1009],
  ])('closes the socket for %s', async (_what, message, code) => {
    const client = connect(await signIn());
    await until('the snapshot is there', () => client.of('snapshot').length === 1);
    client.socket.send(message);
    await until('it is closed', () => client.closed.code !== 0);
    expect(client.closed.code).toBe(code);
  });

  it('closes the socket of a client that asks too often', async () => {
    const client = connect(await signIn());
    await until('the snapshot is there', () => client.of('snapshot').length === 1);
    for (let count = 0; count < 40; count++) {
      client.socket.send(JSON.stringify({ type: 'watch', equipment: [], points: 'all' }));
    }
    await until('it is closed', () => client.closed.code !== 0);
    expect(client.closed.code).toBe(1008);
  });

  it('closes the sockets of a session that has ended, and only those', async () => {
    const cookie = await signIn();
    const [one, two, other] = [connect(cookie), connect(cookie), connect(await signIn())];
    await until('all are open', () => [one, two, other].every((client) => client.of('snapshot').length === 1));
    expect(live.sessionsInUse()).toHaveLength(2);
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/session`, { method: 'DELETE', headers: { cookie } });
    expect(response.status).toBe(204);
    await until('both are closed', () => one.closed.code !== 0 && two.closed.code !== 0);
    expect([one.closed.code, two.closed.code]).toEqual([4401, 4401]);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    expect(live.sessionsInUse()).toHaveLength(1);
    other.socket.close();
    await until('nobody is left', () => live.sessionsInUse().length === 0);
  });

  it('drops a client that does not read, and goes on serving the others', async () => {
    const cookie = await signIn();
    const slow = connect(await signIn());
    const quick = connect(cookie);
    await until('both are open', () => [slow, quick].every((client) => client.of('snapshot').length === 1));
    slow.socket.pause();
    const blob = Array.from({ length: 2000 }, (_, index) => gateway(`blob-${index}`, index));
    let sent = 0;
    while (live.sessionsInUse().length === 2) {
      live.changed({ gateways: blob });
      sent++;
      await until('the quick one has it', () => quick.seqs().length >= sent);
      expect(sent).toBeLessThan(200);
    }
    expect(await registry.metrics()).toMatch(/louwei_live_dropped_total\{reason="slow"\} 1/);
    change('g1', 7);
    await until('the quick one goes on', () => quick.seqs().length === sent + 1);
    slow.socket.resume();
    await until('the slow one is told', () => slow.closed.code !== 0);
    expect([1013, 1006]).toContain(slow.closed.code);
    quick.socket.close();
  });
});
