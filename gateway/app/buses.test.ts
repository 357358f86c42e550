// Lines shared by devices, and when such a line counts as lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBusWatch } from '../points/bus-watch.ts';
import type { Sample } from '../points/reading.ts';
import { busesOf } from './buses.ts';
import type { ConfiguredDevice } from './devices.ts';

const device = (id: string, bus: string, room = 'r1') =>
  ({
    id,
    place: { site: 's', building: 'b', floor: 'B1', room },
    connection: bus,
    driver: { bus: (connection: unknown) => String(connection) },
  }) as unknown as ConfiguredDevice;

const bus = (...members: string[]) => ({
  id: 'bus-1',
  name: { zh: 'x', en: 'x' },
  place: { site: '', building: '', floor: '', room: '' },
  where: 'line',
  members,
});

describe('busesOf', () => {
  it('makes equipment of a line with several devices, with the place they have in common', () => {
    const found = busesOf([device('a', 'L1'), device('b', 'L2'), device('c', 'L1', 'r2')]);
    expect(found).toMatchObject([
      { id: 'bus-a', members: ['a', 'c'], where: 'L1', place: { site: 's', building: 'b', floor: 'B1', room: '' } },
    ]);
  });

  it('does not take the name of a device', () => {
    expect(busesOf([device('a', 'L1'), device('bus-a', 'L1')])[0]?.id).toBe('bus-of-a');
  });
});

describe('createBusWatch', () => {
  const watch = (...members: string[]) => {
    const said: Sample[] = [];
    let nowMs = 0;
    const made = createBusWatch({
      buses: [bus(...members)],
      sink: (samples) => said.push(...samples),
      now: () => nowMs,
    });
    return {
      ...made,
      said,
      at(ms: number) {
        nowMs = ms;
      },
    };
  };

  it('is lost when every device has been tried and none answers', () => {
    const { state } = watch('a', 'b');
    expect(state('a', false)).toBeNull();
    expect(state('b', false)).toEqual({ id: 'bus-1', where: 'line', online: false });
    expect(state('a', true)).toEqual({ id: 'bus-1', where: 'line', online: true });
    expect(state('a', true)).toBeNull();
    expect(state('b', true)).toBeNull();
  });

  it('says how many answer, and repeats it every minute', () => {
    const { state, tick, said, at } = watch('a', 'b', 'c');
    tick(120_000);
    expect(said).toEqual([]);
    at(1000);
    state('a', true);
    state('b', true);
    expect(said.slice(-2)).toEqual([
      { device: 'bus-1', point: 'comm', value: true, quality: 'good', gatewayTimeMs: 1000 },
      { device: 'bus-1', point: 'answeringCount', value: 2, quality: 'good', gatewayTimeMs: 1000 },
    ]);
    tick(60_999);
    expect(said).toHaveLength(4);
    tick(61_000);
    expect(said).toHaveLength(6);
  });

  it('keeps what it knows when the buses change, and forgets a member that is read in another way', () => {
    const { state, update, said } = watch('a', 'b');
    state('a', true);
    const before = said.length;
    expect(update([bus('a', 'b')], new Set())).toEqual([]);
    expect(said).toHaveLength(before);
    // `a` leaves: of `b` nothing is known yet, so the bus keeps its word until it is.
    expect(update([bus('b', 'c')], new Set())).toEqual([]);
    expect(state('b', false)).toBeNull();
    expect(state('c', false)).toMatchObject({ online: false });
    expect(update([{ ...bus('c', 'd'), id: 'bus-2' }], new Set(['d']))).toEqual([]);
    expect(state('d', false)).toEqual({ id: 'bus-2', where: 'line', online: false });
    expect(update([bus('c', 'd')], new Set())).toEqual([{ id: 'bus-1', where: 'line', online: false }]);
  });

  it('for any history: answers exactly while a device does', () => {
    const members = ['a', 'b', 'c'];
    const steps = fc.array(fc.tuple(fc.constantFrom(...members), fc.boolean()), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (history) => {
        const { state, said } = watch(...members);
        const truth = new Map<string, boolean>();
        for (const [id, online] of history) {
          state(id, online);
          truth.set(id, online);
          const any = [...truth.values()].some(Boolean);
          const comm = said.findLast(({ point }) => point === 'comm');
          if (any) expect(comm?.value).toBe(true);
          else if (truth.size === members.length) expect(comm?.value).toBe(false);
        }
      }),
    );
  });
});
