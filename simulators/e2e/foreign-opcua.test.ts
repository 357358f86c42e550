// An OPC UA client that is not ours (asyncua, Python) above the running product: it browses, hears of an alarm, acknowledges,
// comments and shelves it, and is refused what its account may not do.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, signIn } from './client.ts';
import {
  ADMIN_PASSWORD,
  freePort,
  type Product,
  partsMissing,
  simulate,
  startProduct,
  temporaryFolder,
  until,
} from './product.ts';

/** Where `.ci/run` installs Python packages that no distribution has. */
const PYTHON = join(process.env['LOUWEI_TEST_VENV'] ?? '/opt/louwei-test', 'bin/python3');
const missing = partsMissing(PYTHON);

const TRANSFORMER = 'TR-1';
const ALARM = 'winding-overtemperature';
const VIEWER = { username: 'viewer.scada', password: 'only looks at alarms' };

interface Reply {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error?: string;
  readonly detail?: string;
}
type Event = Readonly<Record<string, string | number | boolean | null>>;

interface Foreign {
  readonly events: readonly Event[];
  ask(what: string, ...values: readonly unknown[]): Promise<Reply>;
  stop(): void;
}

async function startForeign(url: string, folder: string): Promise<Foreign> {
  const child: ChildProcess = spawn(PYTHON, [join(import.meta.dirname, 'foreign_opcua.py'), url, folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const events: Event[] = [];
  const replies = new Map<number, Reply>();
  let ready = false;
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const said = JSON.parse(line) as { ready?: boolean; event?: Event; id?: number } & Reply;
    if (said.ready === true) ready = true;
    if (said.event !== undefined) events.push(said.event);
    if (said.id !== undefined) replies.set(said.id, said);
  });
  let last = 0;
  await until('the foreign client runs', 30_000, () => {
    if (child.exitCode !== null) throw new Error(errors);
    return ready;
  });
  return {
    events,
    async ask(what, ...values) {
      const id = ++last;
      child.stdin?.write(`${JSON.stringify({ id, do: what, with: values })}\n`);
      return until(`${what} is answered (${errors})`, 60_000, () => replies.get(id), 20);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

describe.skipIf(missing)('a foreign OPC UA client', () => {
  const folders = [temporaryFolder(), temporaryFolder()] as const;
  let product: Product;
  let rest: Client;
  let scada: Foreign;
  let port: number;

  const sim = (...args: string[]): string => simulate(product, ...args);
  /** What an engineer does: moves what was refused to what is trusted. */
  const accept = (): void => {
    const store = join(product.dataDir, 'opcua/server');
    for (const file of readdirSync(join(store, 'rejected')))
      renameSync(join(store, 'rejected', file), join(store, 'trusted/certs', file));
  };
  const alarm = async () => {
    const { items } = await rest.get<{ items: { id: string; alarm: string; state: string; shelvedUntil: string }[] }>(
      `/api/v1/alarms?equipmentId=${TRANSFORMER}`,
    );
    return items.find((one) => one.alarm === ALARM);
  };
  const newest = (matches: (event: Event) => boolean): Event | undefined =>
    scada.events.findLast((event) => event['ConditionName'] === ALARM && matches(event));

  beforeAll(async () => {
    port = await freePort();
    product = await startProduct({ env: { LOUWEI_OPCUA_PORT: String(port), LOUWEI_OPCUA_HOST: '127.0.0.1' } });
    rest = await signIn(product.url);
    scada = await startForeign(`opc.tcp://127.0.0.1:${port}`, folders[0].path);
    await until('the OPC UA server is ready', 60_000, async () => {
      const { items } = await rest.get<{ items: { id: string; state: string }[] }>('/api/v1/outward');
      return items.some(({ id, state }) => id === 'opcua' && state === 'ready');
    });
  }, 180_000);

  afterAll(async () => {
    scada?.stop();
    await product?.stop();
    for (const folder of folders) folder.remove();
  });

  it('is let in only with an accepted certificate, encrypted, and the right password', async () => {
    const unknown = await scada.ask('connect', 'admin', ADMIN_PASSWORD);
    expect(unknown.ok).toBe(false);
    // Until the server has written and seen the file the password is not even asked for.
    await until('the certificate is accepted and the password is wrong', 60_000, async () => {
      accept();
      const { error } = await scada.ask('connect', 'admin', 'a wrong password');
      return error === 'BadUserAccessDenied';
    });
    const clear = await scada.ask('connect', 'admin', ADMIN_PASSWORD, false);
    expect(clear.ok).toBe(false);
    expect(await scada.ask('connect', 'admin', ADMIN_PASSWORD)).toMatchObject({ ok: true });
    const { items } = await rest.get<{ items: { action: string; detail: object }[] }>('/api/v1/audit');
    expect(items).toContainEqual(expect.objectContaining({ action: 'sign-in-failed', detail: { door: 'opc-ua' } }));
    expect(items).toContainEqual(expect.objectContaining({ action: 'sign-in', detail: { door: 'opc-ua' } }));
  });

  it('sees an alarm that is raised, as a condition and as an event', async () => {
    expect(await scada.ask('subscribe')).toMatchObject({ ok: true });
    sim('fault', TRANSFORMER, 'winding-overtemperature');
    const raised = await until('the event comes', 120_000, () => newest((event) => event['ActiveState/Id'] === true));
    expect(raised).toMatchObject({
      SourceName: TRANSFORMER,
      Retain: true,
      'AckedState/Id': false,
      SuppressedOrShelved: false,
      'EnabledState/Id': true,
    });
    expect([900, 700, 400, 150]).toContain(raised['Severity']);
    expect(String(raised['Message'])).toMatch(/\p{Script=Han}.* \/ .*[a-z]/u);
    const shown = await rest.get<{ place: { site: string; building: string } }>(`/api/v1/equipment/${TRANSFORMER}`);
    const path = ['Louwei', shown.place.site, shown.place.building, TRANSFORMER, ALARM];
    expect(await scada.ask('browse', path)).toMatchObject({ ok: true, result: `ns=1;s=${TRANSFORMER}/${ALARM}` });
  });

  const condition = `ns=1;s=${TRANSFORMER}/${ALARM}`;

  it('acknowledges what it saw, in its own name', async () => {
    const seen = newest((event) => event['AckedState/Id'] === false)?.['EventId'];
    expect(await scada.ask('acknowledge', condition, '00'.repeat(16), 'nobody sent this')).toMatchObject({
      ok: false,
      error: 'BadEventIdUnknown',
    });
    expect(await scada.ask('acknowledge', condition, seen, 'seen from the SCADA')).toMatchObject({ ok: true });
    const told = await until('the event comes', 10_000, () => newest((event) => event['AckedState/Id'] === true));
    expect(told['Comment']).toBe('seen from the SCADA');
    expect(await scada.ask('read', condition, ['AckedState', 'Id'])).toMatchObject({ ok: true, result: true });
    const open = await alarm();
    expect(open?.state).toBe('ACKED');
    const { journal } = await rest.get<{ journal: { event: string; actor: string; note: string }[] }>(
      `/api/v1/alarms/${open?.id}`,
    );
    expect(journal).toContainEqual(
      expect.objectContaining({ event: 'ACK', actor: 'admin', note: 'seen from the SCADA' }),
    );
    expect(await scada.ask('acknowledge', condition, told['EventId'], '')).toMatchObject({
      ok: false,
      error: 'BadConditionBranchAlreadyAcked',
    });
    expect(await scada.ask('comment', condition, told['EventId'], 'on my way')).toMatchObject({ ok: true });
  });

  it('shelves for a time, within the limit, and unshelves', async () => {
    expect(await scada.ask('unshelve', condition)).toMatchObject({ ok: false, error: 'BadConditionNotShelved' });
    expect(await scada.ask('timed_shelve', condition, 25 * 3_600_000)).toMatchObject({
      ok: false,
      error: 'BadShelvingTimeOutOfRange',
    });
    expect(await scada.ask('timed_shelve', condition, 600_000)).toMatchObject({ ok: true });
    const told = await until('the event comes', 10_000, () => newest((event) => event['SuppressedOrShelved'] === true));
    expect(told['ShelvingState/CurrentState']).toBe('TimedShelved');
    const remaining = await scada.ask('read', condition, ['ShelvingState', 'UnshelveTime']);
    expect(Number(remaining.result)).toBeGreaterThan(500_000);
    expect(Number(remaining.result)).toBeLessThanOrEqual(600_000);
    expect((await alarm())?.state).toBe('SHLVD');
    expect(await scada.ask('unshelve', condition)).toMatchObject({ ok: true });
    expect((await alarm())?.state).toBe('UNACK');
    expect(await scada.ask('one_shot_shelve', condition)).toMatchObject({ ok: true });
    await until('the event comes', 10_000, () =>
      newest((event) => event['ShelvingState/CurrentState'] === 'OneShotShelved'),
    );
    expect(await scada.ask('unshelve', condition)).toMatchObject({ ok: true });
    expect(await scada.ask('disable', condition)).toMatchObject({ ok: false });
    expect((await alarm())?.state).toBe('UNACK');
  });

  it('gets what is open again with ConditionRefresh', async () => {
    const before = scada.events.length;
    expect(await scada.ask('refresh')).toMatchObject({ ok: true });
    await until('the open condition is repeated', 10_000, () =>
      scada.events.slice(before).some((event) => event['ConditionName'] === ALARM && event['Retain'] === true),
    );
  });

  it('is refused what its account may not do', async () => {
    const name = { username: VIEWER.username, name: 'SCADA', role: 'viewer', language: 'en' };
    await rest.send('POST', '/api/v1/people', { ...name, password: 'given by the admin' });
    const own = await signIn(product.url, VIEWER.username, 'given by the admin');
    await own.send('POST', '/api/v1/session/password', { current: 'given by the admin', next: VIEWER.password });
    const viewer = await startForeign(`opc.tcp://127.0.0.1:${port}`, folders[1].path);
    try {
      expect((await viewer.ask('connect', VIEWER.username, VIEWER.password)).ok).toBe(false);
      await until('the viewer is let in', 60_000, async () => {
        accept();
        const { ok } = await viewer.ask('connect', VIEWER.username, VIEWER.password);
        return ok;
      });
      const seen = newest((event) => event['AckedState/Id'] === false)?.['EventId'];
      expect(await viewer.ask('acknowledge', condition, seen, '')).toMatchObject({
        ok: false,
        error: 'BadUserAccessDenied',
      });
      expect(await viewer.ask('timed_shelve', condition, 60_000)).toMatchObject({
        ok: false,
        error: 'BadUserAccessDenied',
      });
      expect((await alarm())?.state).toBe('UNACK');
    } finally {
      viewer.stop();
    }
  });
});
