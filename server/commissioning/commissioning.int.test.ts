// Commissioning on real parts: route -> signed NCMD -> edge node -> NDATA -> answer, and versions in PostgreSQL.
import { loadLibrary } from '@louwei/device-profiles';
import type { ConfigurationState, Metric } from '@louwei/gateway/sparkplug';
import { sql } from 'kysely';
import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ConfigurationVersion, DeviceEntry, GatewayConfiguration } from '../contract/commissioning.ts';
import { ROLE_PERMISSIONS } from '../contract/people.ts';
import { ensureGatewayAccount } from '../ingest/mqtt-accounts.ts';
import { cleanup, database, dataDir, port, startServer, until, useIngest } from '../ingest/testing.ts';
import { ProblemError } from '../platform/http/route.ts';
import { createCommissioning } from './commissioning.ts';
import { commissioningRoutes } from './routes.ts';
import { type EdgeNode, startEdgeNode } from './testing.ts';

useIngest();
const library = loadLibrary();
const caller = { personId: '1', username: 'wang', role: 'engineer', sessionId: '' };
const own = (version: number, more: Partial<ConfigurationState> = {}): ConfigurationState => ({
  version,
  trial: false,
  rolledBack: null,
  ...more,
});
const pump = (id: string, more: DeviceEntry = {}): DeviceEntry => ({
  id,
  model: 'generic/booster-pump-set',
  connection: { host: '10.0.0.7', unit: 1, ...more },
});
const save = { baseVersion: 0, devices: [pump('P-1')], reason: 'new pump set' };

beforeEach(async () => {
  await sql`TRUNCATE signing_key, gateway_configuration, gateway_configuration_report`.execute(database.db);
});

async function start(expiryMs?: number) {
  let onNodeMessage = (_id: string, _metrics: readonly Metric[]): void => undefined;
  const server = await startServer({ onNodeMessage: (id, metrics) => onNodeMessage(id, metrics) });
  const { directory } = server.register;
  const commissioning = createCommissioning({
    db: database.db,
    directory,
    now: Date.now,
    log: pino({ level: 'silent' }),
    ...(expiryMs === undefined ? {} : { expiryMs }),
  });
  ({ onNodeMessage } = commissioning);
  await commissioning.prepare();
  commissioning.start({ publish: server.ingest.send });
  cleanup.push(commissioning.stop);
  const routes = commissioningRoutes({ db: database.db, directory, library, commissioning, now: Date.now });
  async function call<T>(method: string, path: string, body: unknown = {}, params: object = { id: 'gw1' }): Promise<T> {
    const found = routes.find((one) => one.method === method && one.path === `/api/v1${path}`);
    if (found === undefined) throw new Error(`no route ${method} ${path}`);
    const parsed = found.body?.parse(body) ?? {};
    const request = { params: found.params?.parse(params) ?? {}, query: {}, body: parsed, caller, ip: '', cookies: {} };
    const reply = await found.handle(request);
    return found.answer.parse(reply.body) as T;
  }
  const problem = async (work: Promise<unknown>): Promise<Pick<ProblemError, 'status' | 'code' | 'errors'>> => {
    const error = await work.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (!(error instanceof ProblemError)) throw new Error(`expected a problem, found ${String(error)}`);
    const { status, code, errors } = error;
    return { status, code, errors };
  };
  const states = async () =>
    (await call<GatewayConfiguration>('GET', '/gateways/:id/configuration')).history.map(
      ({ version, state }: ConfigurationVersion) => `${version} ${state}`,
    );
  return { server, commissioning, routes, call, problem, states, publicKey: commissioning.publicKey() };
}

async function node(publicKey: string, state?: ConfigurationState, online?: () => boolean): Promise<EdgeNode> {
  const { username, password } = await ensureGatewayAccount(database.db, dataDir, { node: 'gw1' });
  const url = `mqtt://127.0.0.1:${port}`;
  const edge = await startEdgeNode({ url, username, password, node: 'gw1', publicKey });
  cleanup.push(edge.end);
  edge.birth(state);
  if (online !== undefined) await until('the gateway is online', online);
  return edge;
}

describe('commissioning', () => {
  it('every route needs the right of engineers, the key is made once and its private half is told nobody', async () => {
    const first = await start();
    expect(await first.commissioning.prepare()).toBe(first.publicKey);
    const key = await first.call('GET', '/gateways/signing-key');
    expect(key).toEqual({ algorithm: 'Ed25519', publicKey: first.publicKey });
    const guarded = first.routes.filter(({ path }) => path.startsWith('/api/v1/gateways/:id'));
    expect(guarded.map(({ permission }) => permission)).toEqual(guarded.map(() => 'gateway:manage'));
    expect(guarded).toHaveLength(6);
    expect(ROLE_PERMISSIONS.operator).not.toContain('gateway:manage');
    expect(ROLE_PERMISSIONS.engineer).toContain('gateway:manage');
  });

  it('asks, and answers only its own question; an ANSWER is no reading and asks for no rebirth', async () => {
    const { server, call, publicKey } = await start();
    const edge = await node(publicKey, own(0), () => server.register.directory.gateway('gw1')?.online === true);
    const drivers = [{ protocol: 'modbus', connectionSchema: { type: 'object' } }];
    edge.answers = ({ call: { method } }) => {
      if (method === 'describe') {
        edge.say('Node Info/Answer', JSON.stringify({ id: 'somebody-else', ok: true, result: null }));
        edge.say('Node Info/Answer', 'not JSON');
        const devices = [pump('P-1', { password: 'told by mistake' })];
        return { ok: true, result: { configurationVersion: 0, devices, drivers } };
      }
      const readings = [{ point: 'pressure', value: 0.45, quality: 'good' }];
      return { ok: true, result: { online: true, reason: null, durationMs: 12, connection: 'modbus tcp', readings } };
    };
    const births = server.batches.length;
    expect(await call('GET', '/gateways/:id/description')).toEqual({
      configurationVersion: 0,
      devices: [pump('P-1', { password: '********' })],
      drivers,
    });
    const read = await call<{ readings: object[] }>('POST', '/gateways/:id/test-reads', {
      device: pump('P-9', { password: 'secret' }),
    });
    expect(read.readings).toEqual([{ point: 'pressure', value: 0.45, quality: 'good' }]);
    expect(edge.requests.map(({ gateway, call: { method } }) => `${gateway} ${method}`)).toEqual([
      'gw1 describe',
      'gw1 test-read',
    ]);
    expect(await database.db.selectFrom('sample').selectAll().execute()).toEqual([]);
    expect(server.batches.slice(births).flatMap(({ samples }) => samples)).toEqual([]);
    expect(server.register.directory.gateway('gw1')?.online).toBe(true);
    const audit = await database.db.selectFrom('audit').select(['action', 'actor', 'detail']).orderBy('seq').execute();
    expect(audit.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      'wang gateway-describe',
      'wang gateway-test-read',
    ]);
    expect(JSON.stringify(audit)).not.toContain('"secret"');
  });

  it('says clearly who cannot be asked and why', async () => {
    const { server, call, problem, publicKey } = await start(200);
    const describeIt = () => problem(call('GET', '/gateways/:id/description'));
    expect(await describeIt()).toMatchObject({ status: 404, code: 'not-found' });
    const edge = await node(publicKey, own(0), () => server.register.directory.gateway('gw1')?.online === true);
    expect(await describeIt()).toMatchObject({ status: 504, code: 'gateway-silent' });
    edge.answers = () => ({
      ok: false,
      code: 'read-only',
      detail: 'configuration from a distance is off',
      problems: [],
    });
    expect(await describeIt()).toMatchObject({ status: 409, code: 'gateway-read-only' });
    edge.answers = () => ({ ok: true, result: 'nonsense' });
    expect(await describeIt()).toMatchObject({ status: 502, code: 'gateway-failed' });
  });

  it('saves, follows the trial, refuses a change on an old base, and restores', async () => {
    const { server, call, problem, states, publicKey } = await start();
    const edge = await node(publicKey, own(0), () => server.register.directory.gateway('gw1')?.online === true);
    edge.answers = () => ({ ok: true, result: null });
    const withSecret = { ...save, devices: [pump('P-1', { password: 'hidden' })] };
    const saved = await call<GatewayConfiguration>('POST', '/gateways/:id/configuration', withSecret);
    expect(saved).toMatchObject({
      latestVersion: 1,
      desired: { version: 1, devices: [pump('P-1', { password: '********' })] },
    });
    expect(edge.requests[0]?.call).toMatchObject({ version: 1, devices: [pump('P-1', { password: 'hidden' })] });
    expect(await states()).toEqual(['1 sent']);
    edge.tell(own(1, { trial: true }));
    await until('on trial', async () => (await states())[0] === '1 trial');
    edge.tell(own(1));
    await until('in force', async () => (await states())[0] === '1 in-force');
    const [row] = await database.db.selectFrom('gateway_configuration').select('devices').execute();
    expect(JSON.stringify(row?.devices)).not.toContain('hidden');
    expect(await problem(call('POST', '/gateways/:id/configuration', save))).toMatchObject({
      status: 409,
      code: 'conflict',
    });

    await call('POST', '/gateways/:id/configuration', { ...save, baseVersion: 1, devices: [pump('P-2')] });
    edge.tell(own(1, { rolledBack: { version: 2, reason: 'the server was not reached' } }));
    await until('rolled back', async () => (await states())[0] === '2 rolled-back');
    const restore = { baseVersion: 2, reason: 'as it was' };
    await call('POST', '/gateways/:id/configuration/:version/restore', restore, { id: 'gw1', version: '1' });
    expect(edge.requests.at(-1)?.call).toMatchObject({ version: 3, devices: [pump('P-1', { password: '********' })] });
    expect(await states()).toEqual(['3 sent', '2 rolled-back', '1 in-force']);
    await expect(
      database.db.updateTable('gateway_configuration').set({ author: 'nobody' }).where('version', '=', 1).execute(),
    ).rejects.toThrow('cannot be rewritten');
  });

  it('what no message can carry is refused before it is a version', async () => {
    const { server, call, problem, states, publicKey } = await start();
    const edge = await node(publicKey, own(0), () => server.register.directory.gateway('gw1')?.online === true);
    const huge = { ...save, devices: [pump('P-1', { note: 'x'.repeat(950_000) })] };
    expect(await problem(call('POST', '/gateways/:id/configuration', huge))).toMatchObject({
      status: 413,
      code: 'too-large',
    });
    expect([await states(), edge.requests]).toEqual([[], []]);
  });

  it('hands on the faults the gateway finds, by field', async () => {
    const { server, call, problem, states, publicKey } = await start();
    const edge = await node(publicKey, own(0), () => server.register.directory.gateway('gw1')?.online === true);
    const problems = [{ path: 'devices.0.connection.port', message: 'found 0, expected a TCP port' }];
    edge.answers = () => ({ ok: false, code: 'invalid', detail: '1 fault', problems });
    expect(await problem(call('POST', '/gateways/:id/configuration', save))).toEqual({
      status: 422,
      code: 'invalid-configuration',
      errors: [{ field: 'devices.0.connection.port', expected: 'found 0, expected a TCP port' }],
    });
    expect(await states()).toEqual(['1 refused']);
  });

  it('a gateway that is offline is given its version when it is back with an older one, and once only', async () => {
    const { server, call, problem, states, publicKey } = await start();
    const online = () => server.register.directory.gateway('gw1')?.online === true;
    const before = await node(publicKey, own(0), online);
    before.die();
    await until('offline', () => !online());
    expect(await problem(call('GET', '/gateways/:id/description'))).toMatchObject({
      status: 504,
      code: 'gateway-offline',
    });
    await call('POST', '/gateways/:id/configuration', save);
    expect(await states()).toEqual(['1 sent']);
    const edge = await node(publicKey, own(0));
    edge.answers = ({ call: { method } }) => {
      if (method === 'configure') edge.tell(own(1, { trial: true }));
      return { ok: true, result: null };
    };
    await until('on trial', async () => (await states())[0] === '1 trial');
    const given = () => edge.requests.filter((one) => one.call.method === 'configure').length;
    expect(given()).toBe(1);
    // A new gateway computer: it knows nothing of version 1 and is given it again.
    edge.birth(own(0));
    await until('given again', () => given() === 2);
    await until('on trial again', async () => (await states())[0] === '1 trial');
    // It took it back: that is final.
    edge.birth(own(0, { rolledBack: { version: 1, reason: 'no server' } }));
    await until('rolled back', async () => (await states())[0] === '1 rolled-back');
    expect(given()).toBe(2);
  });
});
