import { describe, expect, it } from 'vitest';
import type { EquipmentDirectory, EquipmentRecord } from '../assets/directory.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import { createRuleBook } from './rule-book.ts';

const record = (id: string): EquipmentRecord => ({
  id,
  gatewayId: 'g',
  deviceId: id,
  class: 'transformer',
  model: '',
  name: { zh: id, en: id },
  place: { site: '', building: '', floor: '', room: '' },
  connection: '',
  bus: '',
  online: true,
  offlineSinceMs: null,
  points: new Map(),
});
const all = new Map(['t1', 't2', 't3'].map((id) => [id, record(id)]));
const directory: EquipmentDirectory = {
  equipment: (id) => all.get(id),
  all: () => all.values(),
  gateway: () => undefined,
  gateways: () => [],
  onChange: () => undefined,
};
const described = classOf({
  hot: alarmOf({ rule: { kind: 'limit', point: 'temperature', above: { parameter: 'limit' }, deadband: 5 } }),
  tripped: alarmOf({ rule: { kind: 'state', point: 'tripped', equals: 1 } }),
});

describe('rule book', () => {
  it('shares the definitions of a class; only what a setting changes is the equipment’s own', () => {
    const settings = { 'parameters.limit': 150 };
    const book = createRuleBook(new Map([['transformer', described]]), directory, (id) =>
      id === 't1' ? settings : {},
    );
    for (const id of all.keys()) book.take(id, 0);
    const definition = (id: string, alarm: string) => book.rules.get(`${id}/${alarm}`)?.definition;
    expect(definition('t1', 'hot')?.rule).toMatchObject({ above: 150 });
    expect(definition('t2', 'hot')?.rule).toMatchObject({ above: 140 });
    expect(definition('t2', 'hot')).toBe(definition('t3', 'hot'));
    expect(definition('t1', 'tripped')).toBe(definition('t3', 'tripped'));
  });

  it('keeps the rules of equipment with settings when it is taken in again', () => {
    const book = createRuleBook(new Map([['transformer', described]]), directory, () => ({ 'parameters.limit': 150 }));
    const { added } = book.take('t1', 0);
    expect(added).toHaveLength(2);
    expect(book.take('t1', 1)).toEqual({ added: [], gone: [] });
    expect(book.watched('t1')?.rules).toEqual(added);
  });
});
