// Commands on a real database: one send, the second person, outcomes in ingest's transaction, and a restart in between.
import { loadLibrary } from '@louwei/device-profiles';
import { COMMAND_OUTCOME_POINT, decodeCommands, type WireCommand } from '@louwei/gateway/sparkplug';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EquipmentDirectory, EquipmentRecord, GatewayRecord } from '../assets/directory.ts';
import type { Command } from '../contract/commands.ts';
import type { IngestedSample } from '../ingest/participant.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import type { LatestValue } from '../telemetry/latest-values.ts';
import { type Commands, createCommands } from './commands.ts';
import { listCommands } from './store.ts';

const library = loadLibrary();
const START = Date.parse('2026-03-02T08:00:00Z');
const li = { username: 'li', ip: '10.0.0.1' };
const wang = { username: 'wang', ip: '10.0.0.2' };

let database: TestDatabase;
let nowMs: number;
let sent: { topic: string; command: WireCommand | undefined }[];
let connected: boolean;
let commands: Commands;
let told: Command[];
let gatewayOnline: boolean;

const equipment = (id: string, kind: string): EquipmentRecord => ({
  id,
  gatewayId: 'gw1',
  deviceId: id,
  class: kind,
  model: `generic/${kind}`,
  name: { zh: id, en: id },
  place: { site: '', building: '', floor: '', room: '' },
  connection: '',
  bus: '',
  online: true,
  offlineSinceMs: null,
  points: new Map(),
});
const all = [equipment('P-1', 'booster-pump-set'), equipment('F-1', 'exhaust-fan'), equipment('E-1', 'elevator')];
const gateway = (): GatewayRecord => ({
  id: 'gw1',
  group: 'louwei',
  node: 'gw1',
  online: gatewayOnline,
  sinceMs: 0,
  lastSeenMs: 0,
  watermark: { epoch: 1, seq: 0 },
  provesDelivery: true,
});
const directory: EquipmentDirectory = {
  equipment: (id) => all.find((one) => one.id === id),
  all: () => all,
  gateway: () => gateway(),
  gateways: () => [gateway()],
  onChange: () => undefined,
};
const present = (value: number): LatestValue => ({
  value,
  quality: 'good',
  timeMs: START,
  deviceTimeMs: null,
  epoch: 1,
  seq: 1,
});
const latest = { of: () => new Map([['pressureSetpoint', present(0.45)]]) };

function start(): Commands {
  const made = createCommands({
    db: database.db,
    now: () => nowMs,
    log: pino({ level: 'silent' }),
    directory,
    library,
    latest,
  });
  made.onChange((changed) => void told.push(...changed));
  made.start({
    connected: () => connected,
    publish(topic, payload) {
      sent.push({ topic, command: decodeCommands(payload)[0] });
      return connected;
    },
  });
  return made;
}
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  commands.stop();
  await database.stop();
});
beforeEach(async () => {
  commands?.stop();
  await database.db.deleteFrom('command').execute();
  nowMs = START;
  sent = [];
  told = [];
  connected = true;
  gatewayOnline = true;
  commands = start();
});

const setpoint = { equipmentId: 'P-1', point: 'pressureSetpoint', value: 0.5, reason: 'summer pressure' };
const stop = { equipmentId: 'F-1', point: 'runCommand', value: 0, reason: 'noise at night' };

function outcomeSample(equipmentId: string, outcome: object): IngestedSample {
  return {
    gatewayId: 'gw1',
    equipmentId,
    pointId: 1,
    point: COMMAND_OUTCOME_POINT,
    value: null,
    text: JSON.stringify(outcome),
    quality: 'good',
    timeMs: nowMs,
    deviceTimeMs: null,
    receivedAtMs: nowMs,
    epoch: 1,
    seq: 1,
  };
}
async function arrive(sample: IngestedSample): Promise<void> {
  const batch = { nowMs, samples: [sample], gatewayChanges: [] };
  await database.db.transaction().execute((trx) => commands.participant.apply(trx, batch));
  commands.participant.committed(batch);
}
const stateOf = async (id: string) =>
  (await listCommands(database.db, { limit: 100 })).items.find((one) => one.id === id)?.state;
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('commands', () => {
  it('are sent once, with their expiry, and end by the outcome that ingest commits', async () => {
    const issued = await commands.issue({ ...setpoint, requestId: 'request-1' }, li);
    expect(issued).toMatchObject({ state: 'sent', valueBefore: 0.45, requestedBy: 'li' });
    expect((await commands.issue({ ...setpoint, requestId: 'request-1' }, li)).id).toBe(issued.id);
    expect(sent).toEqual([
      {
        topic: 'spBv1.0/louwei/DCMD/gw1/P-1',
        command: {
          id: issued.id,
          point: 'pressureSetpoint',
          value: 0.5,
          issuedAtMs: START,
          expiresAtMs: START + 15_000,
        },
      },
    ]);
    const outcome = { id: issued.id, state: 'confirmed', code: 'read-back', reason: 'reads 0.5', readBack: 0.5 };
    // Of another device, or repeated: counts for nothing.
    await arrive(outcomeSample('F-1', outcome));
    expect(await stateOf(issued.id)).toBe('sent');
    await arrive(outcomeSample('P-1', outcome));
    await arrive(outcomeSample('P-1', { ...outcome, state: 'failed' }));
    expect(told.map(({ state }) => state)).toEqual(['sent', 'confirmed']);
    const record = await database.db
      .selectFrom('audit')
      .select(['actor', 'action'])
      .where('target', '=', issued.id)
      .orderBy('seq')
      .execute();
    expect(record).toEqual([
      { actor: 'li', action: 'command-requested' },
      { actor: 'system', action: 'command-ended' },
    ]);
  });

  it('keep nothing of an outcome whose transaction is rolled back', async () => {
    const { id } = await commands.issue(setpoint, li);
    const batch = {
      nowMs,
      samples: [outcomeSample('P-1', { id, state: 'failed', code: 'no-effect', reason: 'x' })],
      gatewayChanges: [],
    };
    await expect(
      database.db.transaction().execute(async (trx) => {
        await commands.participant.apply(trx, batch);
        throw new Error('the database is gone');
      }),
    ).rejects.toThrow('gone');
    commands.participant.rolledBack(batch);
    expect(await stateOf(id)).toBe('sent');
    expect(told.map(({ state }) => state)).toEqual(['sent']);
  });

  it('wait for another person where the model demands it', async () => {
    const asked = await commands.issue(stop, li);
    expect(asked.state).toBe('requested');
    await expect(commands.approve(asked.id, li)).rejects.toMatchObject({ status: 403 });
    expect(sent).toEqual([]);
    nowMs += 60_000;
    expect(await commands.approve(asked.id, wang)).toMatchObject({ state: 'sent', approvedBy: 'wang' });
    await expect(commands.approve(asked.id, wang)).rejects.toMatchObject({ status: 409 });
    expect(sent.map(({ command }) => command?.issuedAtMs)).toEqual([START + 60_000]);
  });

  it('are not sent again after a restart: without an outcome they become unknown, and a late outcome still counts', async () => {
    const { id } = await commands.issue(setpoint, li);
    const waiting = await commands.issue(stop, li);
    commands.stop();
    commands = start();
    nowMs += 700_000;
    await until('the deadline passes', async () => (await stateOf(id)) === 'unknown');
    await until('the approval expires', async () => (await stateOf(waiting.id)) === 'expired');
    expect(sent).toHaveLength(1);
    await arrive(outcomeSample('P-1', { id, state: 'confirmed', code: 'read-back', reason: 'reads 0.5' }));
    expect(await stateOf(id)).toBe('confirmed');
  });

  it.each([
    ['a lift', { ...setpoint, equipmentId: 'E-1', point: 'inService' }, 400],
    ['a read-only point', { ...setpoint, point: 'outletPressure' }, 400],
    ['a value out of range', { ...setpoint, value: 0.9 }, 400],
    ['unknown equipment', { ...setpoint, equipmentId: 'P-9' }, 404],
    ['a value that has changed meanwhile', { ...setpoint, expectedCurrent: 0.4 }, 409],
  ])('are refused for %s and leave nothing', async (_what, body, status) => {
    await expect(commands.issue(body, li)).rejects.toMatchObject({ status });
    expect((await listCommands(database.db, { limit: 10 })).items).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('are refused while gateway or broker are away', async () => {
    gatewayOnline = false;
    await expect(commands.issue(setpoint, li)).rejects.toMatchObject({ status: 409 });
    gatewayOnline = true;
    connected = false;
    await expect(commands.issue(setpoint, li)).rejects.toMatchObject({ status: 503 });
    expect((await listCommands(database.db, { limit: 10 })).items).toEqual([]);
  });
});
