// Which requests are begun: once, in time, for this gateway, and not too many.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, type Begun, MOST_WAITING } from './admission.ts';

const body = (id: string, expiresAtMs: number, gateway = 'gw-1') => ({
  id,
  gateway,
  expiresAtMs,
  call: { method: 'describe' as const },
});
const at = (nowMs: number, waiting = 0) => ({ gateway: 'gw-1', nowMs, waiting });

describe('admit', () => {
  it('refuses what is for another gateway, late, or one too many', () => {
    expect(admit(new Map(), body('a', 10, 'gw-2'), at(5))).toMatchObject({ code: 'invalid' });
    expect(admit(new Map(), body('a', 10), at(10))).toMatchObject({ code: 'expired' });
    expect(admit(new Map(), body('a', 10), at(9, MOST_WAITING))).toMatchObject({ code: 'busy' });
    expect(admit(new Map(), body('a', 10), at(9, MOST_WAITING - 1))).toMatchObject({ kind: 'begin' });
  });

  it('for any row of requests: none is begun twice or late, and only living ids are remembered', () => {
    const row = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), passMs: fc.nat(5), forMs: fc.nat(12) }));
    fc.assert(
      fc.property(row, (requests) => {
        let begun: Begun = new Map();
        let nowMs = 0;
        const lives = new Map<string, number>();
        for (const { id, passMs, forMs } of requests) {
          nowMs += passMs;
          const expiresAtMs = nowMs + forMs - 3;
          const admission = admit(begun, body(id, expiresAtMs), at(nowMs));
          if (admission.kind !== 'begin') continue;
          expect(nowMs).toBeLessThan(expiresAtMs);
          expect(lives.get(id) ?? 0).toBeLessThanOrEqual(nowMs);
          lives.set(id, expiresAtMs);
          begun = admission.begun;
          expect([...begun.values()].every((expiry) => expiry > nowMs)).toBe(true);
        }
      }),
    );
  });
});
