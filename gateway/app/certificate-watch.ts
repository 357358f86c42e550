// How many days the certificates of OPC UA connections still have, as readings of the bus or of the gateway itself: their
// classes raise the alarm before the connection is lost. The log says which certificate it is.
import { expiryWarning } from '../drivers/core/certificate.ts';
import type { SeenCertificate } from '../drivers/port.ts';
import type { Sample } from '../points/reading.ts';
import { NODE_DEVICE } from '../uplink/session.ts';
import { type CertifiedBus, certificateDays } from './core/certificate-days.ts';

export const CERTIFICATE_POINT = 'certificateDaysLeft';

/** Said again so often, ms, although nothing changed. */
const REPEAT_MS = 3_600_000;
const LOOK_MS = 5_000;

export interface CertificateWatch {
  /** These buses from now on. */
  update(buses: readonly CertifiedBus[]): void;
  /** Call about once a second. */
  tick(nowMs: number): void;
}

export interface CertificateWatchOptions {
  readonly buses: readonly CertifiedBus[];
  readonly seen: () => readonly SeenCertificate[];
  readonly sink: (samples: Sample[]) => void;
  /** Once a day for each certificate that ends soon or has ended: words that say what to do. */
  readonly onEnding: (warning: string, where: string) => void;
}

export function createCertificateWatch(options: CertificateWatchOptions): CertificateWatch {
  const { seen, sink, onEnding } = options;
  let { buses } = options;
  let lookedMs = Number.NEGATIVE_INFINITY;
  const said = new Map<string, { readonly days: number; readonly atMs: number }>();
  const warned = new Map<string, string>();

  function warn(certificates: readonly SeenCertificate[], nowMs: number): void {
    for (const { whose, where, validToMs } of certificates) {
      const words = whose === 'gateway' ? 'own certificate' : "the server's certificate";
      const warning = expiryWarning(words, validToMs, nowMs);
      const key = `${whose} ${where}`;
      if (warning !== null && warned.get(key) !== warning) onEnding(warning, where);
      if (warning === null) warned.delete(key);
      else warned.set(key, warning);
    }
  }

  return {
    update(next) {
      buses = next;
      // Equipment that is new to the host has to be told, whatever was said of it before.
      said.clear();
    },
    tick(nowMs) {
      // A clock that was set back must not silence it.
      if (Math.abs(nowMs - lookedMs) < LOOK_MS) return;
      lookedMs = nowMs;
      const certificates = seen();
      warn(certificates, nowMs);
      const news: Sample[] = [];
      for (const [device, days] of certificateDays(certificates, buses, NODE_DEVICE, nowMs)) {
        const before = said.get(device);
        if (before?.days === days && Math.abs(nowMs - before.atMs) < REPEAT_MS) continue;
        said.set(device, { days, atMs: nowMs });
        news.push({ device, point: CERTIFICATE_POINT, value: days, quality: 'good', gatewayTimeMs: nowMs });
      }
      if (news.length > 0) sink(news);
    },
  };
}
