// Births and data messages as contents.
import { describe, expect, it } from 'vitest';
import type { OutboxPoint, OutboxRecord } from '../../outbox/record.ts';
import { dataMessages, deviceBirth, METRICS_PER_MESSAGE, nodeBirth, nodeDeath } from './messages.ts';

const points: OutboxPoint[] = [
  { alias: 1, device: 'A', point: 'load', type: 'Double' },
  { alias: 2, device: 'B', point: 'run', type: 'Boolean' },
];
const pointOf = (alias: number): OutboxPoint | undefined => points.find((point) => point.alias === alias);
const record = (seq: number, alias: number): OutboxRecord => ({
  seq,
  alias,
  gatewayTimeMs: seq * 10,
  value: alias === 1 ? seq : true,
  quality: 'good',
});

describe('births', () => {
  it('numbers only current values of this epoch', () => {
    const current = (alias: number) => record(alias === 1 ? 40 : 60, alias);
    const birth = deviceBirth({ 'Properties/Class': 'x', Maker: 'y' }, points, current, { epoch: 9, firstSeq: 50 }, 5);
    expect(birth.metrics.map(({ name }) => name)).toEqual(['Properties/Class', 'Properties/Maker', 'load', 'run']);
    expect(birth.delivery).toEqual({ epoch: 9, seqs: [0, 0, 0, 60] });
    expect(birth.metrics[3]).toMatchObject({ alias: 2, value: true, timestampMs: 600, quality: 'good' });
  });

  it('shows an unknown value as null and not connected, never as good', () => {
    const birth = deviceBirth({}, points, () => undefined, { epoch: 9, firstSeq: 1 }, 5);
    expect(birth.metrics.map(({ value, quality }) => [value, quality])).toEqual([
      [null, 'not-connected'],
      [null, 'not-connected'],
    ]);
    expect(birth.delivery?.seqs).toEqual([0, 0]);
  });

  it('says what was given up, and dies by the number of its birth', () => {
    const birth = nodeBirth(
      { bdSeq: 7, epoch: 9, droppedThrough: 100, droppedRecords: 3 },
      '{"version":2}',
      5,
      undefined,
    );
    expect(birth.metrics.map(({ value }) => value)).toEqual([7, false, 100, 3, '{"version":2}', '']);
    expect(birth.delivery).toEqual({ epoch: 9, seqs: [0, 0, 0, 0, 0, 0] });
    expect(nodeDeath(7, 5).metrics.map(({ name, value }) => [name, value])).toEqual([['bdSeq', 7]]);
  });
});

describe('data messages', () => {
  it('groups by device, keeps the order, numbers every metric', () => {
    const messages = dataMessages(
      [record(1, 1), record(2, 2), record(3, 1)],
      pointOf,
      () => true,
      ({ seq }) => seq < 3,
      9,
      5,
    );
    expect(messages.map(({ device, payload }) => [device, payload.delivery?.seqs])).toEqual([
      ['A', [1, 3]],
      ['B', [2]],
    ]);
    expect(messages[0]?.payload.metrics.map(({ alias, historical }) => [alias, historical])).toEqual([
      [1, true],
      [1, undefined],
    ]);
  });

  it('splits what is too much for one message', () => {
    const many = Array.from({ length: METRICS_PER_MESSAGE + 1 }, (_, index) => record(index + 1, 1));
    const sizes = dataMessages(
      many,
      pointOf,
      () => true,
      () => false,
      9,
      5,
    ).map(({ payload }) => payload.metrics.length);
    expect(sizes).toEqual([METRICS_PER_MESSAGE, 1]);
  });

  it('sends what a device left behind that is no longer configured by name', () => {
    const [message] = dataMessages(
      [record(1, 1)],
      pointOf,
      () => false,
      () => true,
      9,
      5,
    );
    expect(message?.payload.metrics[0]).toMatchObject({ name: 'load', historical: true });
    expect(message?.payload.metrics[0]?.alias).toBeUndefined();
  });
});
