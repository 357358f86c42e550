// Which equipment tells of a certificate that ends, how often, and what the log says.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { daysLeft } from '../drivers/core/certificate.ts';
import type { SeenCertificate } from '../drivers/port.ts';
import type { Sample } from '../points/reading.ts';
import { createCertificateWatch } from './certificate-watch.ts';
import { certificateDays } from './core/certificate-days.ts';

const DAY_MS = 86_400_000;
const BUS = { id: 'bus-p1', where: 'opc ua opc.tcp://shared' };

function watch(seen: SeenCertificate[]) {
  const samples: Sample[] = [];
  const warnings: string[] = [];
  const { tick, update } = createCertificateWatch({
    buses: [BUS],
    seen: () => seen,
    sink: (said) => samples.push(...said),
    onEnding: (warning, where) => warnings.push(`${where}: ${warning}`),
  });
  return { samples, warnings, tick, update, told: () => samples.map(({ device, value }) => [device, value]) };
}

const server = (where: string, days: number): SeenCertificate => ({ whose: 'server', where, validToMs: days * DAY_MS });

it('says nothing without certificates', () => {
  const { samples, tick } = watch([]);
  tick(0);
  expect(samples).toEqual([]);
});

it('lets a shared server tell of its own and the gateway of all others, each once an hour', () => {
  const { told, tick } = watch([
    { whose: 'gateway', where: BUS.where, validToMs: 400 * DAY_MS },
    server(BUS.where, 50),
    server('opc ua opc.tcp://single', 90),
  ]);
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 1000) tick(nowMs);
  const first = [
    ['', 90],
    ['bus-p1', 50],
  ];
  // The first second of the day already takes one off.
  expect(told()).toEqual([...first, ['', 89], ['bus-p1', 49]]);
  tick(2 * 3_600_000);
  expect(told().slice(4)).toEqual([
    ['', 89],
    ['bus-p1', 49],
  ]);
});

it('goes on counting without a session, below zero, and warns once a day from thirty days before the end', () => {
  const { told, warnings, tick } = watch([server(BUS.where, 2)]);
  for (let nowMs = 1; nowMs < 3 * DAY_MS; nowMs += 3_600_000 / 2) tick(nowMs);
  expect([...new Set(told().map(([, value]) => value))]).toEqual([1, 0, -1]);
  expect(warnings).toEqual([
    "opc ua opc.tcp://shared: the server's certificate ends in 1 day, on 1970-01-03; renew it",
    "opc ua opc.tcp://shared: the server's certificate ends in 0 days, on 1970-01-03; renew it",
    "opc ua opc.tcp://shared: the server's certificate expired on 1970-01-03; renew it",
  ]);
});

it('hands the certificate of a server to the gateway when its line is no longer shared', () => {
  const { told, tick, update } = watch([server(BUS.where, 50)]);
  tick(0);
  update([]);
  tick(10_000);
  expect(told()).toEqual([
    ['bus-p1', 50],
    ['', 49],
  ]);
});

const certificate = fc.record({
  whose: fc.constantFrom('gateway' as const, 'server' as const),
  where: fc.constantFrom('a', 'b', 'c'),
  validToMs: fc.integer({ min: -1000 * DAY_MS, max: 1000 * DAY_MS }),
});

it('never shows more days than the first of the certificates has, and forgets none', () => {
  fc.assert(
    fc.property(fc.array(certificate), fc.integer({ min: 0, max: DAY_MS }), (seen, nowMs) => {
      const days = certificateDays(seen, [{ id: 'bus-a', where: 'a' }], '', nowMs);
      for (const { whose, where, validToMs } of seen) {
        const shown = days.get(whose === 'server' && where === 'a' ? 'bus-a' : '');
        expect(shown).toBeLessThanOrEqual(daysLeft(validToMs, nowMs));
      }
      for (const shown of days.values())
        expect(seen.map(({ validToMs }) => daysLeft(validToMs, nowMs))).toContain(shown);
    }),
  );
});
