import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeltaRing } from './delta-ring.ts';
import { MAX_RESUME_CHARS, planResume } from './resume.ts';

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('delta' as const), size: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('disconnect' as const), client: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), client: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

interface Client {
  online: boolean;
  instance: string;
  /** Where its picture stands: it has everything up to here. */
  seq: number;
}

describe('resume', () => {
  it('gives every seq exactly once and in order, or a snapshot, whatever the interleaving', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 1, max: 12 }), (steps, capacity) => {
        let instance = 'i0';
        let ring = createDeltaRing(capacity, 300);
        const clients: Client[] = Array.from({ length: 3 }, () => ({ online: false, instance: '', seq: 0 }));
        const receive = (client: Client, text: string) => {
          const seq = Number(text.split(' ', 1)[0]);
          expect(seq).toBe(client.seq + 1);
          client.seq = seq;
        };
        for (const action of steps) {
          if (action.do === 'delta') {
            const seq = ring.seq + 1;
            const text = `${seq} `.padEnd(action.size, 'x');
            ring.push(seq, text);
            for (const client of clients) if (client.online) receive(client, text);
          } else if (action.do === 'restart') {
            instance = `${instance}x`;
            ring = createDeltaRing(capacity, 300);
            for (const client of clients) client.online = false;
          } else {
            const client = clients[action.client];
            if (client === undefined) continue;
            client.online = action.do === 'connect';
            if (!client.online) continue;
            const plan = planResume(`${client.instance}.${client.seq}`, instance, ring);
            if (plan.kind === 'snapshot') Object.assign(client, { instance, seq: ring.seq });
            else for (const text of plan.texts) receive(client, text);
            expect(client.instance).toBe(instance);
            expect(client.seq).toBe(ring.seq);
          }
        }
        for (const client of clients) if (client.online) expect(client.seq).toBe(ring.seq);
      }),
    );
  });

  it('remembers exactly the last deltas, and fewer when they are large', () => {
    const ring = createDeltaRing(3, 100);
    for (let seq = 1; seq <= 10; seq++) ring.push(seq, String(seq));
    expect(ring.since(7)).toEqual(['8', '9', '10']);
    expect(ring.since(6)).toBeNull();
    expect(ring.since(10)).toEqual([]);
    expect(ring.since(11)).toBeNull();
    ring.push(11, 'x'.repeat(99));
    expect(ring.since(9)).toBeNull();
    ring.push(12, 'x'.repeat(101));
    expect(ring.since(11)).toBeNull();
    expect(ring.since(12)).toEqual([]);
    expect(() => ring.push(14, '')).toThrow(/delta 14 after 12/);
  });

  it('prefers a snapshot to very much to catch up on', () => {
    const ring = createDeltaRing(10, 16_000_000);
    for (const seq of [1, 2]) ring.push(seq, 'x'.repeat(MAX_RESUME_CHARS / 2 + 1));
    expect(planResume('i.0', 'i', ring).kind).toBe('snapshot');
    expect(planResume('i.1', 'i', ring).kind).toBe('deltas');
  });

  it.each([null, '', 'abc', 'i.', 'i.-1', 'i.1.5', 'i.1e3', 'other.1', '.1', `i.${'9'.repeat(40)}`])(
    'answers %s with a snapshot',
    (asked) => {
      const ring = createDeltaRing(3, 100);
      ring.push(1, 'one');
      expect(planResume(asked, 'i', ring)).toEqual({ kind: 'snapshot' });
      expect(planResume('i.0', 'i', ring)).toEqual({ kind: 'deltas', texts: ['one'] });
    },
  );
});
