// The master alarm list of the shipped classes on a real database: list, export, edited import.
import { LIBRARY_DIR, loadLibrary } from '@louwei/device-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EquipmentRecord } from '../assets/directory.ts';
import type { AlarmDefinition, AlarmExport, ReviewImportResult } from '../contract/alarm-register.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import type { Caller } from '../platform/http/route.ts';
import { readCsv } from './core/csv.ts';
import { alarmRegisterRoutes } from './routes.ts';

const NOW = Date.UTC(2026, 5, 15);
const equipment = (id: string, className: string): EquipmentRecord => ({
  id,
  gatewayId: 'g',
  deviceId: id,
  class: className,
  model: 'm',
  name: { zh: id, en: id },
  place: { site: 's', building: 'b', floor: '1', room: 'r' },
  connection: 'c',
  bus: '',
  online: true,
  offlineSinceMs: null,
  points: new Map(),
});
const REGISTERED = [
  equipment('TR-1', 'dry-type-transformer'),
  equipment('TR-2', 'dry-type-transformer'),
  equipment('SP-1', 'sump-pump'),
  equipment('X-1', 'a-class-nobody-has'),
];
const library = loadLibrary([LIBRARY_DIR]);

describe('master alarm list', () => {
  let database: TestDatabase;
  const caller: Caller = { personId: 'p', username: 'li', role: 'engineer', sessionId: 's' };
  beforeAll(async () => {
    database = await startTestDatabase();
  });
  afterAll(() => database.stop());

  async function call<Answer>(method: string, path: string, request: { query?: object; body?: object } = {}) {
    const routes = alarmRegisterRoutes({
      db: database.db,
      directory: {
        equipment: (id) => REGISTERED.find((one) => one.id === id),
        all: () => REGISTERED,
        gateway: () => undefined,
        gateways: () => [],
        onChange: () => undefined,
      },
      library,
      now: () => NOW,
    });
    const found = routes.find((route) => route.method === method && route.path === path);
    if (found === undefined) throw new Error(`no route ${method} ${path}`);
    const reply = await found.handle({
      params: {},
      query: found.query?.parse(request.query ?? {}) ?? {},
      body: found.body?.parse(request.body ?? {}) ?? {},
      caller,
      ip: '127.0.0.1',
      cookies: {},
    });
    return found.answer.parse(reply.body) as Answer;
  }
  const list = async () => (await call<{ items: AlarmDefinition[] }>('GET', '/api/v1/alarm-definitions')).items;
  const send = (csv: string, dryRun: boolean) =>
    call<ReviewImportResult>('POST', '/api/v1/alarm-definitions/reviews', { body: { csv, dryRun } });
  const file = (format: string) => call<AlarmExport>('GET', '/api/v1/alarm-definitions/export', { query: { format } });

  it('has every alarm of the classes in use with its whole record', async () => {
    const items = await list();
    expect(new Set(items.map((item) => item.class))).toEqual(new Set(['dry-type-transformer', 'sump-pump']));
    const wanted = Object.keys(library.classes.get('dry-type-transformer')?.alarms ?? {});
    expect(items.filter((item) => item.class === 'dry-type-transformer').map((item) => item.alarm)).toEqual(wanted);
    for (const item of items) {
      expect(item.equipment).toBe(item.class === 'sump-pump' ? 1 : 2);
      expect([item.action.zh.length > 0, item.action.en.length > 0, item.timeToRespondMin > 0]).toEqual([
        true,
        true,
        true,
      ]);
      expect(item).toMatchObject({ owner: null, review: 'never' });
    }
    expect(items.filter((item) => item.limits.length > 0).length).toBeGreaterThan(0);
  });

  it('is exported, edited in a spreadsheet, tried, and imported', async () => {
    const { fileName, text } = await file('csv');
    expect(fileName).toBe('alarm-list-2026-06-15.csv');
    const [header, ...rows] = readCsv(text).lines.map(({ cells }) => cells);
    expect(rows).toHaveLength((await list()).length);
    const edited = [header, ...rows]
      .map((cells, index) =>
        (cells ?? [])
          .map((cell, at) => {
            const column = header?.[at];
            const value =
              index !== 1
                ? cell
                : column === 'owner'
                  ? '王工, 配电'
                  : column === 'reviewedOn'
                    ? '2025-06-01'
                    : column === 'reviewDue'
                      ? '2026-06-01'
                      : cell;
            return `"${value.replaceAll('"', '""')}"`;
          })
          .join(','),
      )
      .join('\r\n');
    const counts = { changed: 1, unchanged: rows.length - 1, faults: [] };
    expect(await send(edited, true)).toEqual({ applied: false, ...counts });
    expect((await list())[0]?.review).toBe('never');
    expect(await send(edited, false)).toEqual({ applied: true, ...counts });
    expect((await list())[0]).toMatchObject({ owner: '王工, 配电', reviewDue: '2026-06-01', review: 'overdue' });
    expect(await send(edited, false)).toMatchObject({ changed: 0, unchanged: rows.length });
    const audit = await database.db.selectFrom('audit').selectAll().execute();
    expect(audit.map(({ actor, action }) => [actor, action])).toEqual([['li', 'alarm-reviews-imported']]);
    expect(JSON.parse((await file('json')).text).items[0]).toMatchObject({ owner: '王工, 配电', review: 'overdue' });
  });

  it('takes nothing when one line has a fault', async () => {
    const [first, second] = await list();
    const result = await send(
      `class,alarm,owner\n${first?.class},${first?.alarm},zhao\n${second?.class},no-such-alarm,zhao`,
      false,
    );
    expect(result).toMatchObject({ applied: false, faults: [{ line: 3, field: 'alarm' }] });
    expect((await list())[0]?.owner).toBe('王工, 配电');
  });
});
