// Devices that refuse some of their addresses, or long reads, read turn by turn until nothing is learned any more.
import { equipmentClass, modbusModel } from '@louwei/device-profiles';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { type ReadOutcome, readingsOf } from './core/device-plan.ts';
import type { Learned } from './core/learned.ts';
import { readCost } from './core/line-cost.ts';
import { endOf, type Span } from './core/span.ts';
import { createDeviceMemory } from './device-memory.ts';
import type { LearnedStore } from './learned-store.ts';
import { readTurn } from './read-turn.ts';

const both = { zh: '表', en: 'meter' };
const cost = readCost({ kind: 'network', roundTripMs: 20 });

/** Points of one register each, at these addresses. */
function unitOf(addresses: readonly number[]) {
  const points = addresses.map((address) => `p${address}`);
  const of = equipmentClass.parse({
    class: 'meter',
    label: both,
    group: 'lv-distribution',
    points: Object.fromEntries(points.map((name) => [name, { label: both, kind: 'analog' }])),
    faceplate: [points[0]],
  });
  const model = modbusModel.parse({
    model: 'test/meter',
    label: both,
    class: 'meter',
    proof: 'example',
    sources: [{ title: 'test' }],
    protocol: 'modbus',
    modbus: { addressBase: 0 },
    points: Object.fromEntries(addresses.map((address) => [`p${address}`, { area: 'holding', address, type: 'u16' }])),
    examples: [{ point: points[0], registers: [1], value: 1 }],
  });
  return { id: 'M-1', unit: 1, model, class: of, pollMs: { fast: 1000, normal: 1000, slow: 1000 } };
}

/** A device that has only some addresses and answers only so many at once. */
const device =
  (has: (address: number) => boolean, most: number, codes = { size: 3, address: 2 }) =>
  ({ address, count }: Span): ReadOutcome => {
    if (count > most) return { kind: 'exception', code: codes.size };
    for (let at = address; at < address + count; at++) if (!has(at)) return { kind: 'exception', code: codes.address };
    return { kind: 'answer', registers: Array.from({ length: count }, (_, index) => address + index) };
  };

function bench(addresses: readonly number[], answer: (span: Span) => ReadOutcome, store?: LearnedStore) {
  const unit = unitOf(addresses);
  const lines: string[] = [];
  const memory = createDeviceMemory(
    unit,
    cost,
    store,
    pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
  );
  let nowMs = 1_000_000;
  const turn = async () => {
    nowMs += 1000;
    const plan = memory.planOf(['normal']);
    let reads = 0;
    const request = {
      requests: plan.requests,
      probes: memory.probesOf(plan, nowMs),
      wanted: plan.wanted,
      maxExtra: memory.maxExtra(),
    };
    const result = await readTurn(request, async (span) => {
      reads++;
      return { outcome: answer(span), timeMs: nowMs };
    });
    memory.learn(result, nowMs);
    const readings = readingsOf(plan, unit.model, result.outcomes, nowMs);
    return { plan, reads, good: readings.filter(({ quality }) => quality === 'good').length, readings };
  };
  return {
    memory,
    lines,
    turn,
    wait: (ms: number) => {
      nowMs += ms;
    },
    async settle(turns = 60) {
      let last = await turn();
      for (let more = 1; more < turns; more++) last = await turn();
      return last;
    },
  };
}

describe('what a device refuses', () => {
  const sparse = [0, 1, 2, 10, 11, 20, 21, 22, 30];

  it('costs no point its value, not even in the first turn', async () => {
    const test = bench(
      sparse,
      device((address) => sparse.includes(address), 125),
    );
    const first = await test.turn();
    expect(first.good).toBe(sparse.length);
    const later = await test.settle();
    expect(later.plan.requests.map(({ address }) => address)).toEqual([0, 10, 20, 30]);
    expect(later.reads).toBe(4);
  });

  it('an illegal address is found, named once, and reported with quality exception', async () => {
    const test = bench(
      sparse,
      device((address) => address !== 21, 125),
    );
    const last = await test.settle();
    expect(last.readings.filter(({ quality }) => quality === 'exception').map(({ point }) => point)).toEqual(['p21']);
    expect(last.good).toBe(sparse.length - 1);
    expect(last.plan.requests.every(({ address, count }) => address > 21 || address + count <= 21)).toBe(true);
    const named = test.lines.filter((line) => line.includes('holding registers 21-21'));
    expect(named).toHaveLength(1);
    expect(named[0]).toContain('"p21"');
  });

  it('asks an illegal address again, rarer and rarer, and notices when it answers', async () => {
    let broken = true;
    const asked: Span[] = [];
    const answer = device((address) => !(broken && address === 21), 125);
    const test = bench(sparse, (span) => {
      if (span.address === 21) asked.push(span);
      return answer(span);
    });
    await test.settle(50);
    const before = asked.length;
    await test.settle(20);
    expect(asked.length).toBe(before + 1);
    await test.settle(100);
    expect(asked.length).toBe(before + 1);
    broken = false;
    test.wait(24 * 3_600_000);
    await test.turn();
    expect((await test.turn()).good).toBe(sparse.length);
    expect(test.lines.some((line) => line.includes('again'))).toBe(true);
  });

  it('finds the real maximum by halves', async () => {
    for (const codes of [
      { size: 3, address: 2 },
      { size: 2, address: 2 },
    ]) {
      const many = Array.from({ length: 125 }, (_, index) => index);
      const test = bench(
        many,
        device(() => true, 37, codes),
      );
      const last = await test.settle();
      expect(last.good).toBe(125);
      expect(last.plan.requests).toHaveLength(4);
      expect(test.memory.learned()).toMatchObject({ answered: expect.any(Number), refused: expect.any(Number) });
      expect(last.plan.requests.every(({ count }) => count <= 37)).toBe(true);
    }
  });

  it('a device that refuses everything is believed only about itself, and soon asked no more than planned', async () => {
    const test = bench(
      sparse,
      device(() => false, 125),
    );
    const last = await test.settle(80);
    expect(test.memory.learned().illegal).toEqual([]);
    expect(last.reads).toBe(last.plan.requests.length);
    expect(last.readings.every(({ quality }) => quality === 'exception')).toBe(true);
  });

  it('is remembered over a restart', async () => {
    const kept = new Map<string, Learned>();
    const store: LearnedStore = {
      load: (id) => kept.get(id) ?? { barriers: {}, illegal: [], answered: 0, refused: null },
      save: (id, learned) => void kept.set(id, learned),
    };
    const answer = device((address) => sparse.includes(address) && address !== 21, 125);
    await bench(sparse, answer, store).settle();
    const again = await bench(sparse, answer, store).turn();
    expect(again.reads).toBe(again.plan.requests.length);
    expect(again.good).toBe(sparse.length - 1);
  });

  it('whatever it is, every readable point gets its value, and no further request is wasted', async () => {
    const addresses = fc.uniqueArray(fc.integer({ min: 0, max: 150 }), { minLength: 2, maxLength: 40 });
    const property = fc.asyncProperty(
      addresses,
      fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 125 }),
      fc.constantFrom(2, 3),
      async (wanted, missing, most, size) => {
        const answer = device((address) => !missing.includes(address), most, { size, address: 2 });
        const test = bench(wanted, answer);
        const readable = wanted.filter((address) => !missing.includes(address));
        const last = await test.settle(50);
        expect(last.good).toBe(readable.length);
        if (readable.length === 0) return;
        for (const request of last.plan.requests) {
          expect(answer(request).kind).toBe('answer');
          for (const gone of missing)
            if (wanted.includes(gone)) expect(request.address <= gone && gone < endOf(request)).toBe(false);
        }
        expect(last.plan.requests.length).toBeLessThanOrEqual(readable.length);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
