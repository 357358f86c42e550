import type { equipment } from '@louwei/server/contract';
import { describe, expect, it } from 'vitest';
import { byBuilding, isAbnormal, oneOfEachModel } from './core.ts';

const device = (id: string, building: string, group: string, model: string): equipment.EquipmentSummary => ({
  id,
  name: { zh: id, en: id },
  class: group,
  classLabel: { zh: group, en: group },
  group,
  model,
  place: { site: 'Site', building, floor: '1', room: '' },
  gatewayId: 'gw',
  online: true,
  offlineSince: null,
  worstPriority: null,
  unacknowledged: 0,
  activeAlarms: 0,
  openWorkOrders: 0,
  faceplate: ['p'],
});

const plant = [
  device('P-10', 'B', 'water', 'x/pump'),
  device('P-2', 'B', 'water', 'x/pump'),
  { ...device('F-1', 'B', 'fire', 'x/panel'), online: false },
  { ...device('L-1', 'A', 'lifts', 'x/lift'), worstPriority: 2 },
];

describe('overview', () => {
  it('is grouped by building and archive group, numbers in natural order', () => {
    const [a, b] = byBuilding(plant);
    expect(a).toMatchObject({ building: 'A', count: 1, abnormal: 1, offline: 0 });
    expect(b).toMatchObject({ building: 'B', count: 3, abnormal: 0, offline: 1 });
    expect(b?.groups.map((group) => group.group)).toEqual(['fire', 'water']);
    expect(b?.groups[1]?.items.map((item) => item.id)).toEqual(['P-2', 'P-10']);
  });

  it('puts what stands in no building last', () => {
    const list = byBuilding([device('gw-1', '', 'monitoring', 'x/gateway'), ...plant]);
    expect(list.map((entry) => entry.building)).toEqual(['A', 'B', '']);
  });

  it('counts offline and alarmed equipment as abnormal', () => {
    expect(plant.filter(isAbnormal).map((item) => item.id)).toEqual(['F-1', 'L-1']);
  });

  it('asks for one description of each model', () => {
    expect([...oneOfEachModel(plant).values()]).toEqual(['P-10', 'F-1', 'L-1']);
  });
});
