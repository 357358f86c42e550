import type { alarms } from '@louwei/server/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf } from './groups.ts';

const alarm = (id: string, kind: string, building: string): alarms.Alarm => ({
  id,
  equipmentId: id,
  equipmentName: { zh: '', en: '' },
  place: { site: 's', building, floor: '', room: '' },
  alarm: kind,
  point: null,
  priority: 2,
  state: 'UNACK',
  active: true,
  acknowledged: false,
  uncertain: false,
  text: { zh: kind, en: kind },
  value: null,
  limit: null,
  unit: null,
  activeAt: '',
  detectedAt: '',
  clearedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  activationSeq: 1,
  workOrderId: null,
  shelvedUntil: null,
  activations: 1,
  chattering: false,
  acknowledgeOverdue: false,
  firstOut: false,
});
const short = (entries: ReturnType<typeof entriesOf>) =>
  entries.map((entry) =>
    entry.kind === 'alarm' ? entry.alarm.id : `${entry.building}/${entry.text?.en ?? '*'} ${entry.count}`,
  );

describe('the list in a flood', () => {
  it('puts the same kind of a building together, single ones under the building', () => {
    const rows = [
      alarm('1', 'volt', 'T1'),
      alarm('2', 'leak', 'T1'),
      alarm('3', 'volt', 'T2'),
      alarm('4', 'volt', 'T1'),
    ];
    expect(short(entriesOf(rows, true))).toEqual(['T1/volt 2', '1', '4', 'T1/* 1', '2', 'T2/* 1', '3']);
    expect(short(entriesOf(rows, false))).toEqual(['1', '2', '3', '4']);
  });

  it('names all that stands under a heading, without the values of one', () => {
    const of = (id: string, zh: string, en: string) => ({ ...alarm(id, 'comms', 'T1'), text: { zh, en } });
    const rows = [
      of('1', '集水坑通信中断', 'Sump lost'),
      of('2', '电表通信中断：9 秒', 'Meter lost: 9 s'),
      of('3', '电表通信中断：7 秒', 'Meter lost - 7 s'),
    ];
    const [heading] = entriesOf(rows, true);
    expect(heading).toMatchObject({
      count: 3,
      text: { zh: '集水坑通信中断 / 电表通信中断', en: 'Sump lost / Meter lost' },
    });
  });

  it('hides nothing and counts right, whatever comes', () => {
    const rows = fc.array(fc.record({ kind: fc.constantFrom('a', 'b', 'c'), building: fc.constantFrom('x', 'y') }));
    fc.assert(
      fc.property(rows, (kinds) => {
        const all = kinds.map(({ kind, building }, index) => alarm(String(index), kind, building));
        const entries = entriesOf(all, true);
        const shown = entries.flatMap((entry) => entry.alarm?.id ?? []);
        expect([...shown].sort()).toEqual(all.map(({ id }) => id).sort());
        const counted = entries.reduce((sum, entry) => sum + (entry.kind === 'heading' ? entry.count : 0), 0);
        expect(counted).toBe(all.length);
        expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
      }),
      { numRuns: 500 },
    );
  });
});
