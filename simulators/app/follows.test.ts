// What counts as "as stated": nothing missing, late, out of order, without its order, or beyond what is stated.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Announcement, differences } from './follows.ts';
import type { Following } from './scenario.ts';

const follows: readonly Following[] = [
  { equipment: 'FP-1', alarm: 'fire', withinS: 5, order: 'emergency' },
  { equipment: 'AC-1', alarm: 'released', withinS: 30 },
];
const fire: Announcement = { equipment: 'FP-1', alarm: 'fire', atS: 2, order: 'emergency' };
const released: Announcement = { equipment: 'AC-1', alarm: 'released', atS: 25, order: null };

describe('differences', () => {
  it.each<[string, readonly Announcement[], readonly RegExp[]]>([
    ['as stated', [fire, released], []],
    ['missing', [fire], [/^AC-1 released: found nothing, expected an alarm within 30 s$/]],
    ['late', [fire, { ...released, atS: 32 }], [/^AC-1 released: found after 32 s, expected within 30 s$/]],
    ['out of order', [{ ...released, atS: 0 }, fire], [/^AC-1 released: found after 0 s, expected after what/]],
    ['no order', [{ ...fire, order: null }, released], [/^FP-1 fire: found order none, expected emergency$/]],
    [
      'an order too many',
      [fire, { ...released, order: 'linked' }],
      [/^AC-1 released: found order linked, expected none$/],
    ],
    [
      'beyond',
      [fire, released, { ...fire, alarm: 'fault' }],
      [/^FP-1 fault: found after 2 s, expected no such alarm$/],
    ],
  ])('%s', (_, announced, expected) => {
    const lines = differences(follows, announced, 1);
    expect(lines).toHaveLength(expected.length);
    for (const [index, line] of lines.entries()) expect(line).toMatch(expected[index] ?? '');
  });

  it('accepts whatever follows in its own order and time', () => {
    const list = fc.uniqueArray(fc.nat(20), { minLength: 1 });
    fc.assert(
      fc.property(list, (numbers) => {
        const stated = numbers.map((n, index) => ({ equipment: `E-${n}`, alarm: 'a', withinS: index + 1 }));
        const seen = numbers.map((n, atS) => ({ equipment: `E-${n}`, alarm: 'a', atS, order: null }));
        expect(differences(stated, seen, 0)).toEqual([]);
        if (seen.length > 1) expect(differences(stated, seen.slice(1), 0)).toHaveLength(1);
      }),
    );
  });
});
