// Each nuisance of an OPC UA device as a client meets it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLibrary } from '@louwei/device-profiles';
import { AttributeIds, type ClientSession, type DataValue, OPCUAClient } from 'node-opcua';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { PointValues } from '../../plant/plant.ts';
import { CLOCK_OFF_MS, type Nuisance, SLOW_ANSWER_MS } from '../nuisance.ts';
import { type OpcuaBuilding, startOpcuaServer } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'louwei-opcua-'));
const nuisances = new Set<Nuisance>();
let values: PointValues = { tankLevel: 50, outletPressure: 0.4 };
let server: OpcuaBuilding;
let client: OPCUAClient;
let session: ClientSession;
let lost = 0;

beforeAll(async () => {
  const model = loadLibrary().models.get('generic/booster-pump-set-opcua');
  if (model?.protocol !== 'opcua') throw new Error('generic/booster-pump-set-opcua is an OPC UA model');
  const device = {
    id: 'BP-2',
    model,
    values: () => values,
    version: () => 1,
    offline: () => false,
    has: (nuisance: Nuisance) => nuisances.has(nuisance),
  };
  server = await startOpcuaServer([{ prefix: 'BP-2', device }], folder);
  client = OPCUAClient.create({ endpointMustExist: false, connectionStrategy: { maxRetry: -1, maxDelay: 200 } });
  client.on('connection_lost', () => lost++);
  await client.connect(server.endpoint);
  session = await client.createSession();
});
afterEach(() => nuisances.clear());
afterAll(async () => {
  await session?.close();
  await client?.disconnect();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const level = (): Promise<DataValue> =>
  session.read({ nodeId: 'ns=1;s=BP-2.tankLevel', attributeId: AttributeIds.Value });

function show(tankLevel: number): void {
  values = { ...values, tankLevel };
  server.update();
}

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

it('stamps its values with an hour ahead when its clock is off', async () => {
  nuisances.add('clock-off');
  show(51);
  const { value, sourceTimestamp } = await level();
  expect(value.value).toBe(51);
  expect((sourceTimestamp?.getTime() ?? 0) - Date.now()).toBeGreaterThan(CLOCK_OFF_MS - 60_000);
});

it('shows a change late when slow', async () => {
  nuisances.add('slow-answers');
  const changedMs = Date.now();
  show(52);
  expect((await level()).value.value).toBe(51);
  await until('the change', async () => (await level()).value.value === 52);
  expect(Date.now() - changedMs).toBeGreaterThan(SLOW_ANSWER_MS - 50);
});

it('never shows a late change over a newer one', async () => {
  nuisances.add('slow-answers');
  show(60);
  nuisances.clear();
  show(61);
  expect((await level()).value.value).toBe(61);
  nuisances.add('slow-answers');
  show(62);
  // Shown after the 60, which has been due before it.
  await until('the newest', async () => {
    const shown = (await level()).value.value;
    expect(shown).not.toBe(60);
    return shown === 62;
  });
});

it('closes the connection when told to, and takes a new one afterwards', async () => {
  nuisances.add('dropped-connection');
  const before = lost;
  await until('the loss', () => {
    server.update();
    return lost > before;
  });
  nuisances.clear();
  show(70);
  await until('values again', () =>
    level().then(
      ({ value }) => value.value === 70,
      () => false,
    ),
  );
});
