import { equipmentClass, modbusModel } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busLoad, turnsPerMs, warningsOf } from './airtime.ts';
import { airtimeMs, type Line, silenceMs } from './line-cost.ts';
import { POLL_ORDER, type PollClass } from './schedule.ts';

const both = { zh: '表', en: 'meter' };
const meter = equipmentClass.parse({
  class: 'meter',
  label: both,
  group: 'lv-distribution',
  points: {
    voltage: { label: both, kind: 'analog', unit: 'V', range: [0, 400], poll: 'fast' },
    current: { label: both, kind: 'analog', unit: 'A', range: [0, 400] },
    energy: { label: both, kind: 'counter', unit: 'kWh', poll: 'slow' },
  },
  faceplate: ['voltage'],
});
const model = modbusModel.parse({
  model: 'test/meter',
  label: both,
  class: 'meter',
  proof: 'example',
  sources: [{ title: 'test' }],
  protocol: 'modbus',
  modbus: { addressBase: 0 },
  points: {
    voltage: { area: 'holding', address: 0, type: 'f32' },
    current: { area: 'holding', address: 2, type: 'f32' },
    energy: { area: 'holding', address: 90, type: 'u32' },
  },
  examples: [{ point: 'voltage', registers: [0, 0], value: 0 }],
});
const unit = (id: string) => ({ id, model, class: meter, pollMs: { fast: 1000, normal: 5000, slow: 60_000 } });
const rs485: Line = { kind: 'serial', baudRate: 9600, bitsPerCharacter: 10, turnaroundMs: 20 };

describe('airtime', () => {
  it('adds characters, silences and the turnaround of a serial line', () => {
    // 13 characters of frame, 8 of data, twice 3.5 of silence at 1.0417 ms each, and 20 ms.
    expect(airtimeMs(rs485, { area: 'holding', address: 0, count: 4 })).toBeCloseTo(28 / 0.96 + 20, 6);
    expect(airtimeMs(rs485, { area: 'coil', address: 0, count: 9 })).toBeCloseTo(22 / 0.96 + 20, 6);
    expect(airtimeMs({ kind: 'network', roundTripMs: 12 }, { area: 'holding', address: 0, count: 99 })).toBe(12);
    expect(silenceMs({ baudRate: 115_200, bitsPerCharacter: 11 })).toBe(1.75);
  });

  it('tells requests, the fewest possible and the share of the line before it runs', () => {
    const load = busLoad([unit('A')], rs485);
    // The gap of 86 registers to the energy costs more than a request; for free it would be read along.
    expect(load.units[0]?.requests).toHaveLength(2);
    expect(load.requestsPerS).toBeCloseTo(1 + 1 / 60, 9);
    expect(load.minimumRequestsPerS).toBeCloseTo(1, 9);
    const busyMs = 0.8 * (24 / 0.96 + 20) + 0.2 * (28 / 0.96 + 20) + (24 / 0.96 + 20) / 60;
    expect(load.utilisation).toBeCloseTo(busyMs / 1000, 9);
    expect(warningsOf(load, 1000)).toEqual([]);
  });

  it('says that a schedule needs more than the line has', () => {
    const units = Array.from({ length: 30 }, (_, index) => unit(`M-${index}`));
    expect(warningsOf(busLoad(units, rs485), 1000)).toEqual([
      'this schedule needs 140 % of the line: slots will be skipped',
    ]);
    expect(warningsOf(busLoad(units.slice(0, 19), rs485), 1000)[0]).toContain('little is left');
    expect(warningsOf(busLoad([unit('A')], rs485), 50)[0]).toContain('longer than the shortest interval');
  });

  it('counts every slot of every class once, whatever the intervals', () => {
    const interval = fc.integer({ min: 50, max: 100_000 });
    fc.assert(
      fc.property(fc.record({ fast: interval, normal: interval, slow: interval }), (pollMs) => {
        const sets: PollClass[][] = [
          ['fast'],
          ['normal'],
          ['slow'],
          ['fast', 'normal'],
          ['fast', 'slow'],
          ['normal', 'slow'],
          ['fast', 'normal', 'slow'],
        ];
        const rates = sets.map((due) => turnsPerMs(due, POLL_ORDER, pollMs));
        for (const rate of rates) expect(rate).toBeGreaterThan(-1e-12);
        for (const pollClass of POLL_ORDER) {
          const own = sets.reduce((sum, due, at) => sum + (due.includes(pollClass) ? (rates[at] ?? 0) : 0), 0);
          expect(own * pollMs[pollClass]).toBeCloseTo(1, 9);
        }
      }),
    );
  });
});
