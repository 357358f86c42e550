// Rows stay under the hand; causes and notes of the journal are read as they are written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCause, shortest } from './cause.ts';
import { readActor, readNote } from './note.ts';
import { runsOf } from './runs.ts';
import { stillRows } from './still.ts';

describe('rows under the hand', () => {
  const same = (item: string): string => item;
  it('keep their places while held, whatever comes or goes', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    fc.assert(
      fc.property(ids, ids, (before, present) => {
        const rows = stillRows(before, present, same, true);
        expect(rows.slice(0, before.length).map(({ item }) => item)).toEqual(before);
        expect(
          rows
            .filter(({ gone }) => !gone)
            .map(({ item }) => item)
            .sort(),
        ).toEqual([...present].sort());
      }),
    );
  });

  it('take the order of the list as soon as the hand has left', () => {
    expect(stillRows(['a', 'b'], ['c', 'b'], same, false)).toEqual([
      { item: 'c', gone: false },
      { item: 'b', gone: false },
    ]);
  });

  it('show the newest state of each row that is held', () => {
    const rows = stillRows([{ id: 'a', n: 1 }], [{ id: 'a', n: 2 }], ({ id }) => id, true);
    expect(rows).toEqual([{ item: { id: 'a', n: 2 }, gone: false }]);
  });
});

describe('runs', () => {
  it('keep every row in its place', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (items) => {
        const runs = runsOf(items, (item) => item);
        expect(runs.flatMap((run) => run.items)).toEqual(items);
        expect(runs.some((run, index) => run.heading === runs[index + 1]?.heading)).toBe(false);
      }),
    );
  });
});

describe('causes', () => {
  it.each([
    ['gateway:plant-room', { kind: 'gateway', name: 'plant-room' }],
    ['bus:bus-LV-1', { kind: 'bus', name: 'bus-LV-1' }],
    ['feed:LP-1/bus-voltage-lost', { kind: 'feed', equipmentId: 'LP-1', alarm: 'bus-voltage-lost' }],
    ['device:PM-1', { kind: 'device', name: 'PM-1' }],
    ['when:fanRunning=0', { kind: 'condition', point: 'fanRunning', sign: '=', values: ['0'] }],
    ['when:mode=1|2', { kind: 'condition', point: 'mode', sign: '=', values: ['1', '2'] }],
    ['when:level>-1.5', { kind: 'condition', point: 'level', sign: '>', values: ['-1.5'] }],
    ['flood', { kind: 'other', name: 'flood' }],
  ])('reads %s', (text, cause) => expect(readCause(text)).toEqual(cause));
});

describe('a list of values', () => {
  it.each([
    [['0', '1', '3'], ['0', '1', '2', '3'], { sign: '≠', values: ['2'] }],
    [['0'], ['0', '1'], { sign: '=', values: ['0'] }],
    [['0', '1'], ['0', '1'], { sign: '=', values: ['0', '1'] }],
    [['0', '9', '8'], ['0', '1'], { sign: '=', values: ['0', '9', '8'] }],
    [['5'], [], { sign: '=', values: ['5'] }],
  ])('%j of %j', (values, named, said) => expect(shortest(values, named)).toEqual(said));
});

describe('notes', () => {
  const at = '2026-01-31T08:00:00.000Z';
  it.each([
    [
      'SHELVED',
      `valve · old · ${at}`,
      { kind: 'until', reason: 'valve · old', reference: null, untilMs: Date.parse(at) },
    ],
    [
      'OOS_ON',
      `overhaul · WO-7 · ${at}`,
      { kind: 'until', reason: 'overhaul', reference: 'WO-7', untilMs: Date.parse(at) },
    ],
    ['SHELVED', 'without a time', { kind: 'plain', text: 'without a time' }],
    ['CLOSED', 'returned', { kind: 'code', code: 'returned' }],
    ['SUPPRESSED', 'gateway:a', { kind: 'cause', cause: 'gateway:a' }],
    ['COMMENT', 'seen', { kind: 'plain', text: 'seen' }],
    ['ACK', null, { kind: 'none' }],
  ] as const)('of %s: %s', (event, note, read) => expect(readNote({ event, note })).toEqual(read));

  it('tells people from rules and causes', () => {
    expect(readActor('wang')).toEqual({ kind: 'person', name: 'wang' });
    expect(readActor('system')).toEqual({ kind: 'system', name: '' });
    expect(readActor('rule:limit')).toEqual({ kind: 'rule', name: 'limit' });
    expect(readActor('gateway:a')).toEqual({ kind: 'cause', name: 'gateway:a' });
  });
});
