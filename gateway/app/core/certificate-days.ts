// Which equipment tells of which certificate: a server that is a bus tells of its own, the gateway of all others. Pure.
import { daysLeft } from '../../drivers/core/certificate.ts';
import type { SeenCertificate } from '../../drivers/port.ts';

export interface CertifiedBus {
  readonly id: string;
  readonly where: string;
}

/** @returns whole days until the first of its certificates ends, by equipment; negative when it has ended. */
export function certificateDays(
  seen: readonly SeenCertificate[],
  buses: readonly CertifiedBus[],
  gateway: string,
  nowMs: number,
): ReadonlyMap<string, number> {
  const busAt = new Map(buses.map(({ where, id }) => [where, id]));
  const days = new Map<string, number>();
  for (const { whose, where, validToMs } of seen) {
    const equipment = whose === 'server' ? (busAt.get(where) ?? gateway) : gateway;
    const left = daysLeft(validToMs, nowMs);
    days.set(equipment, Math.min(left, days.get(equipment) ?? left));
  }
  return days;
}
