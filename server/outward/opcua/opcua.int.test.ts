// The OPC UA endpoint over a real socket: an acknowledgement never covers a newer activation, a revoked right counts at
// once, and conditions give way to others when there are too many.
import { createServer } from 'node:net';
import {
  AttributeIds,
  type ClientSession,
  DataType,
  MessageSecurityMode,
  nodesets,
  OPCUAClient,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  UserTokenType,
} from 'node-opcua';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPlant, type Plant } from '../../alarms/fixtures.ts';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { createRun, type Run, until } from '../fixtures.ts';
import { createOpcuaChannel } from './channel.ts';
import { createConditions } from './conditions.ts';

const PASSWORD = 'correct horse battery';
const clock = { ms: Date.now() };
const channel = createOpcuaChannel();

let database: TestDatabase;
let plant: Plant;
let run: Run;
let client: OPCUAClient;
let session: ClientSession;
let port = 0;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const condition = 'ns=1;s=t1/tripped';
const read = async (path: string): Promise<unknown> => {
  const target = `/${path.split('.').join('/')}`;
  const found = await session.translateBrowsePath({
    startingNode: condition,
    relativePath: {
      elements: target
        .slice(1)
        .split('/')
        .map((name) => ({ isInverse: false, includeSubtypes: true, targetName: { name } })),
    },
  });
  const nodeId = found.targets?.[0]?.targetId;
  if (nodeId === undefined) throw new Error(`no ${path}`);
  const { value } = await session.read({ nodeId, attributeId: AttributeIds.Value });
  return value.value;
};
const acknowledge = async (eventId: unknown) => {
  const { statusCode } = await session.call({
    objectId: condition,
    methodId: 'ns=0;i=9111',
    inputArguments: [
      { dataType: DataType.ByteString, value: eventId },
      { dataType: DataType.LocalizedText, value: { text: '' } },
    ],
  });
  return statusCode;
};
const open = () => run.alarms.open().find(({ equipmentId }) => equipmentId === 't1');

beforeAll(async () => {
  database = await startTestDatabase();
  plant = await createPlant(database.db, 5);
  port = await freePort();
  run = await createRun(database.db, plant, clock, database.dataDir, {
    config: { opcua: { port, host: '127.0.0.1', allowNone: true } },
  });
  await run.people.ensureAdmin({ password: PASSWORD });
  await channel.start(run.context);
  await until('the server is ready', () => channel.state().state === 'ready');
  client = OPCUAClient.create({
    endpointMustExist: false,
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
  });
  await client.connect(`opc.tcp://127.0.0.1:${port}`);
  session = await client.createSession({ type: UserTokenType.UserName, userName: 'admin', password: PASSWORD });
});
afterAll(async () => {
  await session?.close().catch(() => undefined);
  await client?.disconnect();
  await channel.stop();
  await run?.stop();
  await database?.stop();
});

it('lets nobody in without a name', async () => {
  await expect(client.createSession({ type: UserTokenType.Anonymous })).rejects.toThrow();
});

it('an acknowledgement names what was seen, and a newer activation stays unacknowledged', async () => {
  await run.read('t1', 'tripped', 1);
  await until('the condition exists', () => read('ActiveState.Id').catch(() => false));
  const seen = await read('EventId');
  await run.read('t1', 'tripped', 0);
  await run.read('t1', 'tripped', 1);
  expect(open()?.activationSeq).toBe(2);
  const newer = await until('the condition shows it', async () => {
    const id = await read('EventId');
    return (await read('ActiveState.Id')) === true && String(id) !== String(seen) ? id : undefined;
  });
  expect(await acknowledge(seen)).toBe(StatusCodes.BadEventIdUnknown);
  expect(open()?.acknowledged).toBe(false);
  expect(await acknowledge(newer)).toBe(StatusCodes.Good);
  expect(open()).toMatchObject({ acknowledged: true, acknowledgedBy: 'admin' });
  expect(await read('AckedState.Id')).toBe(true);
});

it('is latched until it is reset, and not retained when it is over', async () => {
  await run.read('t1', 'tripped', 0);
  await until('it is latched', async () => (await read('LatchedState.Id')) === true);
  expect(await read('Retain')).toBe(true);
  const methods = await session.call({ objectId: condition, methodId: await methodOf('Reset'), inputArguments: [] });
  expect(methods.statusCode).toBe(StatusCodes.Good);
  expect([await read('LatchedState.Id'), await read('Retain')]).toEqual([false, false]);
  const rows = await database.db.selectFrom('audit').selectAll().where('action', '=', 'opc-ua-method').execute();
  expect(rows.map(({ actor, target, detail }) => ({ actor, target, detail }))).toContainEqual({
    actor: 'admin',
    target: 't1/tripped',
    detail: { method: 'Reset', result: 'Good' },
  });
});

it('asks for the right at every call', async () => {
  await run.read('t1', 'tripped', 1);
  await until('it is active', async () => (await read('ActiveState.Id')) === true);
  const eventId = await read('EventId');
  await database.db.updateTable('person').set({ role: 'viewer' }).where('username', '=', 'admin').execute();
  expect(await acknowledge(eventId)).toBe(StatusCodes.BadUserAccessDenied);
  await database.db.updateTable('person').set({ role: 'admin' }).where('username', '=', 'admin').execute();
  expect(await acknowledge(eventId)).toBe(StatusCodes.Good);
});

it('makes room by closed alarms first, and counts what it cannot show', async () => {
  const server = new OPCUAServer({ port: await freePort(), nodesets: [nodesets.standard] });
  await server.initialize();
  const shown: string[] = [];
  const conditions = createConditions({
    server,
    now: Date.now,
    most: 2,
    bind: ({ alarm }) => void shown.push(alarm.id),
    onError: (error) => {
      throw error;
    },
  });
  const [first] = run.alarms.open();
  if (first === undefined) throw new Error('no alarm is open');
  const one = (id: string, state: 'UNACK' | 'NORM' = 'UNACK') => ({ ...first, id, alarm: `alarm-${id}`, state });
  conditions.changed([one('a'), one('b'), one('c')]);
  conditions.flush();
  expect([shown, conditions.leftOut]).toEqual([['a', 'b'], 1]);
  conditions.changed([one('a', 'NORM')]);
  conditions.flush();
  conditions.flush();
  expect([shown, conditions.leftOut]).toEqual([['a', 'b', 'c'], 0]);
  conditions.stop();
  await server.shutdown(0);
});

async function methodOf(name: string) {
  const found = await session.translateBrowsePath({
    startingNode: condition,
    relativePath: { elements: [{ isInverse: false, includeSubtypes: true, targetName: { name } }] },
  });
  const id = found.targets?.[0]?.targetId;
  if (id === undefined) throw new Error(`no method ${name}`);
  return id;
}
