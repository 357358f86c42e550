import { equipmentClass } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import { describe as describeDevice, equipmentIdCandidates, gatewayIdOf } from './core/identity.ts';
import { describePoints } from './core/point-description.ts';
import type { EquipmentRecord, GatewayRecord } from './directory.ts';
import { createRegisterMemory } from './draft.ts';
import { createSummaries } from './summaries.ts';

const text = { zh: '甲', en: 'A' };
const steps = { zh: ['甲'], en: ['A'] };
const pump = equipmentClass.parse({
  class: 'booster-pump-set',
  label: { zh: '增压泵组', en: 'Booster pump set' },
  group: 'water',
  points: {
    pressure: { label: text, kind: 'analog', unit: 'MPa', range: [0, 2], decimals: 2, poll: 'fast' },
    running: { label: text, kind: 'state', values: { 0: text, 1: text } },
  },
  parameters: { lowPressure: { label: text, unit: 'MPa', default: 0.2, range: [0, 1] } },
  alarms: {
    'pressure-low': {
      rule: { kind: 'limit', point: 'pressure', below: { parameter: 'lowPressure' } },
      priority: 2,
      text,
      cause: text,
      consequence: text,
      action: steps,
      timeToRespondMin: 10,
    },
  },
  faceplate: ['pressure', 'running'],
});
const classes = new Map([[pump.class, pump]]);

const record = (id: string, fields: Partial<EquipmentRecord> = {}): EquipmentRecord => ({
  id,
  gatewayId: 'gw1',
  deviceId: id,
  class: 'booster-pump-set',
  model: '',
  name: text,
  place: { site: '', building: '', floor: '', room: '' },
  connection: '',
  bus: '',
  online: false,
  offlineSinceMs: 1_000,
  points: new Map(
    ['pressure', 'comm'].map((name, index) => [
      name,
      { pointId: index + 1, equipmentId: id, name, dataType: name === 'comm' ? 'Boolean' : 'Double' },
    ]),
  ),
  ...fields,
});
const gateway: GatewayRecord = {
  id: 'gw1',
  group: 'louwei',
  node: 'gw1',
  online: true,
  sinceMs: 1_000,
  lastSeenMs: 2_000,
  watermark: { epoch: 1, seq: 2 },
  provesDelivery: true,
};

describe('equipment register', () => {
  it('names gateways and equipment', () => {
    expect([gatewayIdOf('louwei', 'gw1'), gatewayIdOf('plant', 'gw1')]).toEqual(['gw1', 'plant/gw1']);
    expect(equipmentIdCandidates('gw1', 'P-1').slice(0, 2)).toEqual(['P-1', 'gw1.P-1']);
    expect(describeDevice('P-1', 'P-1', { class: 'unheard-of' }, () => false)).toMatchObject({
      class: 'generic-equipment',
      name: { zh: 'P-1', en: 'P-1' },
    });
  });

  it('shows a draft only when it is adopted, and forgets a discarded one', () => {
    const { directory, draft } = createRegisterMemory();
    const changes: unknown[] = [];
    directory.onChange((change) => void changes.push(change));
    draft.put(record('P-1'));
    expect(draft.byDevice('gw1', 'P-1')?.id).toBe('P-1');
    expect(directory.equipment('P-1')).toBeUndefined();
    draft.discard();
    draft.adopt();
    expect(draft.byDevice('gw1', 'P-1')).toBeUndefined();
    draft.put(record('P-2'));
    draft.putGateway(gateway);
    draft.adopt();
    expect(directory.equipment('P-2')?.id).toBe('P-2');
    expect(changes).toEqual([{ equipmentIds: ['P-2'], gatewayIds: ['gw1'] }]);
  });

  it('sums equipment up with its class, alarms and work orders', () => {
    const { directory, draft } = createRegisterMemory();
    draft.put(record('P-1'));
    draft.put(record('gw1', { deviceId: '', class: 'gateway', points: new Map() }));
    draft.putGateway(gateway);
    draft.adopt();
    const summaries = createSummaries({
      directory,
      library: { classes },
      alarmCounts: () => ({ worstPriority: 2, unacknowledged: 1, active: 3 }),
      openWorkOrders: () => 4,
    });
    expect(summaries.summary('P-1')).toMatchObject({
      classLabel: pump.label,
      group: 'water',
      online: false,
      offlineSince: '1970-01-01T00:00:01.000Z',
      worstPriority: 2,
      unacknowledged: 1,
      activeAlarms: 3,
      openWorkOrders: 4,
      faceplate: ['pressure'],
    });
    expect(summaries.summary('gw1')).toMatchObject({ group: 'monitoring', classLabel: { en: 'Gateway' } });
    expect(summaries.gateway('gw1')).toMatchObject({ equipmentCount: 1, watermark: { epoch: 1, seq: 2 } });
    expect(summaries.summary('nothing')).toBeUndefined();
  });

  it('describes points from the class, limits resolved, and from the data type without one', () => {
    const [pressure, comm] = describePoints(record('P-1'), pump);
    expect(pressure).toMatchObject({
      unit: 'MPa',
      range: [0, 2],
      decimals: 2,
      limits: [{ alarm: 'pressure-low', priority: 2, above: null, below: 0.2 }],
    });
    expect(comm).toMatchObject({ kind: 'state', label: { zh: '通信' }, limits: [] });
    expect(describePoints(record('P-1'), undefined)[0]).toMatchObject({
      kind: 'analog',
      unit: null,
      label: { en: 'pressure' },
    });
  });
});
