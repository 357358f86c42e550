import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countByKind } from './finding.ts';
import { checkOrders, type OrderHistory } from './orders.ts';

const WAY = ['create', 'accept', 'arrive', 'start', 'complete', 'verify'];
const STATES = ['NEW', 'ACCEPTED', 'ON_SITE', 'IN_PROGRESS', 'DONE', 'CLOSED'];

/** Orders of several machines one after the other, each as far as given; only the last of a machine may be open. */
const sound = fc
  .array(fc.record({ ended: fc.integer({ min: 0, max: 2 }), last: fc.integer({ min: 1, max: WAY.length }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((machines): OrderHistory => {
    const orders: OrderHistory['orders'][number][] = [];
    const steps: OrderHistory['steps'][number][] = [];
    machines.forEach(({ ended, last }, machine) => {
      for (const reach of [...Array<number>(ended).fill(WAY.length), last]) {
        const orderId = `o${orders.length}`;
        for (const [index, step] of WAY.slice(0, reach).entries()) {
          const from = index === 0 ? null : (STATES[index - 1] ?? null);
          steps.push({ seq: steps.length + 1, orderId, step, from, to: STATES[index] ?? '' });
        }
        orders.push({ id: orderId, equipment: `T-${machine}`, failureClass: 'heat', state: STATES[reach - 1] ?? '' });
      }
    });
    const links = orders.map(({ id }) => ({ orderId: id, alarmId: `a-${id}` }));
    return { orders, steps, links, named: links, calling: links.map(({ alarmId }) => alarmId) };
  });
const kinds = (history: OrderHistory) => countByKind(checkOrders(history));

describe('work orders of a history', () => {
  it('finds nothing in a sound one', () => {
    fc.assert(
      fc.property(sound, (history) => {
        expect(checkOrders(history)).toEqual([]);
      }),
    );
  });

  it('finds a second open order of the same failure, and no fault in one of another failure', () => {
    fc.assert(
      fc.property(sound, fc.constantFrom('heat', 'noise'), (history, failureClass) => {
        const opened = { seq: 1_000, orderId: 'extra', step: 'create', from: null, to: 'NEW' };
        const open = history.orders.find(({ state }) => state !== 'CLOSED');
        if (open === undefined) return;
        const orders = [...history.orders, { ...open, id: 'extra', failureClass, state: 'NEW' }];
        const found = kinds({ ...history, orders, steps: [...history.steps, opened] });
        expect(found).toEqual(failureClass === 'heat' ? { 'double-order': 1 } : {});
      }),
    );
  });

  it('finds a step taken twice, a step lost and a state beside the journal', () => {
    fc.assert(
      fc.property(sound, fc.nat(), (history, at) => {
        const { steps, orders } = history;
        const step = steps[at % steps.length];
        if (step === undefined) return;
        expect(checkOrders({ ...history, steps: [...steps, { ...step, seq: step.seq + 0.5 }] })).not.toEqual([]);
        expect(checkOrders({ ...history, steps: steps.filter((one) => one !== step) })).not.toEqual([]);
        const moved = orders.map((order, index) => (index === 0 ? { ...order, state: 'EN_ROUTE' } : order));
        expect(kinds({ ...history, orders: moved })['order-differs']).toBe(1);
      }),
    );
  });

  it('finds an alarm that calls for an order and has none, and one whose order does not know it', () => {
    fc.assert(
      fc.property(sound, (history) => {
        expect(kinds({ ...history, named: history.named.slice(1) })).toEqual({ 'order-differs': 1 });
        expect(kinds({ ...history, links: history.links.slice(1) })).toEqual({ 'order-differs': 1 });
      }),
    );
  });
});
