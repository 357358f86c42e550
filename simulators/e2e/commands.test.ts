// Remote commands through the whole product, one for each protocol and each function code: dashboard's API, server, broker,
// gateway, device, and back by the reading that proves it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Client, type Live, signIn } from './client.ts';
import { type Product, ROOT, startProduct, until } from './product.ts';

interface Command {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly readBack: number | null;
}
interface Detail {
  readonly points: readonly { readonly point: string; readonly write?: { readonly range: readonly number[] } }[];
  readonly values: readonly { readonly point: string; readonly value: number; readonly quality: string }[];
}

const building = parse(readFileSync(join(ROOT, 'simulators/building.yaml'), 'utf8')) as {
  devices: { id: string; model: string }[];
};
const idOf = (model: string): string =>
  building.devices.find((device) => device.model === `generic/${model}`)?.id ?? '';

let product: Product;
let client: Client;
let live: Live;

beforeAll(async () => {
  product = await startProduct();
  client = await signIn(product.url);
  live = await client.live();
});
afterAll(async () => {
  live?.close();
  await product?.stop();
});

const detail = (id: string) => client.get<Detail>(`/api/v1/equipment/${id}`);
const presentValue = async (id: string, point: string): Promise<number | undefined> =>
  (await detail(id)).values.find((value) => value.point === point && value.quality === 'good')?.value;
const issue = (equipmentId: string, point: string, value: number) =>
  client.send<Command>('POST', '/api/v1/commands', { equipmentId, point, value, reason: 'end-to-end test' });
const ended = (id: string, equipmentId: string) =>
  until(`the command to ${equipmentId} ends`, 60_000, async () => {
    const { items } = await client.get<{ items: Command[] }>(`/api/v1/commands?equipmentId=${equipmentId}`);
    return items.find((one) => one.id === id && one.state !== 'sent');
  });

describe('remote commands', () => {
  it.each([
    ['Modbus FC 05, lights', 'lighting-circuit', 'scheduleOn', 'lightsOn', 'toggle'],
    ['Modbus FC 06, fan speed', 'exhaust-fan', 'frequencySetpoint', 'frequencySetpoint', 44.5],
    ['Modbus FC 16, pressure', 'booster-pump-set', 'pressureSetpoint', 'pressureSetpoint', 0.52],
    ['OPC UA, pressure', 'booster-pump-set-opcua', 'pressureSetpoint', 'pressureSetpoint', 0.51],
    ['MQTT, ventilation', 'room-environment', 'ventilationCommand', 'ventilationRunning', 'toggle'],
  ])('are confirmed by read-back: %s', async (_what, model, point, effect, wanted) => {
    const id = idOf(model);
    const before = await until(`${id} has ${point}`, 60_000, () => presentValue(id, point));
    // Interlocks need their good values, too.
    await until(`${id} has ${effect}`, 60_000, async () => (await presentValue(id, effect)) !== undefined);
    const value = wanted === 'toggle' ? 1 - before : Number(wanted);
    const answer = await issue(id, point, value);
    expect(answer).toMatchObject({ status: 202, body: { state: 'sent' } });
    const end = await ended(answer.body.id, id);
    expect(end).toMatchObject({ state: 'confirmed' });
    // A drive on its way counts within the tolerance of its model, 1 Hz.
    expect(Math.abs((end.readBack ?? Number.NaN) - value)).toBeLessThanOrEqual(1);
    await until(`${effect} shows it`, 20_000, async () => {
      const shown = await presentValue(id, effect);
      return shown !== undefined && Math.abs(shown - value) < 0.01;
    });
    // The live socket gathers changes for a moment.
    await until('the live socket tells it', 5_000, () => {
      const told = live.messages.flatMap(({ message }) => (message['commands'] ?? []) as Command[]);
      return told.findLast((one) => one.id === answer.body.id)?.state === 'confirmed';
    });
  });

  it('are refused for lifts and fire equipment, for read-only points and values out of range', async () => {
    for (const model of ['elevator', 'fire-alarm-panel', 'fire-pump', 'hydrant-line']) {
      const { points } = await detail(idOf(model));
      expect(points.filter((point) => point.write !== undefined)).toEqual([]);
      expect((await issue(idOf(model), points.find(({ point }) => point !== 'comm')?.point ?? '', 1)).status).toBe(400);
    }
    expect((await issue(idOf('booster-pump-set'), 'outletPressure', 0.5)).status).toBe(400);
    expect((await issue(idOf('booster-pump-set'), 'pressureSetpoint', 1.5)).status).toBe(400);
  });

  it('wait for a second person where the model demands it, and are in the record', async () => {
    const id = idOf('exhaust-fan');
    const asked = await issue(id, 'runCommand', 1);
    expect(asked).toMatchObject({ status: 202, body: { state: 'requested' } });
    const path = `/api/v1/commands/${asked.body.id}/approve`;
    expect((await client.send('POST', path, {})).status).toBe(403);
    const made = await client.send('POST', '/api/v1/people', {
      username: 'wang',
      name: 'Wang',
      role: 'operator',
      password: 'second person here',
      language: 'en',
    });
    expect(made.status).toBe(201);
    const other = await signIn(product.url, 'wang', 'second person here');
    expect((await other.send('POST', path, {})).status).toBe(202);
    expect(await ended(asked.body.id, id)).toMatchObject({ state: 'confirmed' });
    const { items } = await client.get<{ items: { action: string; actor: string; target: string }[] }>('/api/v1/audit');
    const own = items.filter((row) => row.target === asked.body.id).map(({ actor, action }) => `${actor} ${action}`);
    expect(own.reverse()).toEqual(['admin command-requested', 'wang command-approved', 'system command-ended']);
  });
});
