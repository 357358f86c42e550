import { expect, it } from 'vitest';
import { createPendingQueue } from './pending.ts';

it('moves the times of arrival with the clock, in what was looked at already too', () => {
  const queue = createPendingQueue(10);
  const whence = { gatewayId: 'g', group: 'g', node: 'g', provesDelivery: true, samples: 0 };
  const data = { kind: 'data', device: 'd', epoch: 1, metrics: [], dropped: undefined } as const;
  queue.push({ ...whence, fact: { ...data, receivedAtMs: 1_000, sentAtMs: 900 } });
  queue.push({ ...whence, fact: { kind: 'node-death', device: '', receivedAtMs: 2_000, timeMs: 2_000 } });
  const seen = queue.peek(10);
  queue.clockSet(-500);
  expect(seen.map(({ fact }) => fact)).toEqual([
    { ...data, receivedAtMs: 500, sentAtMs: 900 },
    { kind: 'node-death', device: '', receivedAtMs: 1_500, timeMs: 1_500 },
  ]);
});
