import fc from 'fast-check';
import { expect, it } from 'vitest';
import { serverLimits } from './limits.ts';

it('takes the smaller of what the server states and what is wise; 0 and absent state nothing', () => {
  expect(serverLimits({})).toEqual({ itemsPerCall: 100, itemsPerSubscription: 999, nodesPerRead: 500 });
  expect(
    serverLimits({ maxMonitoredItemsPerCall: 0, maxMonitoredItemsPerSubscription: 20, maxNodesPerRead: 9000 }),
  ).toEqual({ itemsPerCall: 100, itemsPerSubscription: 19, nodesPerRead: 500 });
});

it('never exceeds what is stated, and always leaves room for one', () => {
  const stated = fc.option(fc.nat({ max: 5000 }), { nil: undefined });
  fc.assert(
    fc.property(stated, stated, stated, (perCall, perSubscription, perRead) => {
      const limits = serverLimits({
        maxMonitoredItemsPerCall: perCall,
        maxMonitoredItemsPerSubscription: perSubscription,
        maxNodesPerRead: perRead,
      });
      expect(Math.min(...Object.values(limits))).toBeGreaterThanOrEqual(1);
      if (perCall) expect(limits.itemsPerCall).toBeLessThanOrEqual(perCall);
      if (perSubscription) expect(limits.itemsPerSubscription).toBeLessThanOrEqual(perSubscription);
      if (perRead) expect(limits.nodesPerRead).toBeLessThanOrEqual(perRead);
    }),
  );
});
