// Reads the accepted client certificates again when their folders change: an engineer moves a file from `rejected` to
// `trusted/certs`, and takes the trust back by removing it there.
import { statSync } from 'node:fs';
import type { OPCUACertificateManager } from 'node-opcua';
import type { Logger } from '../../platform/log.ts';

const LOOK_EVERY_MS = 1_000;

export function watchTrust(certificates: OPCUACertificateManager, log: Logger): { stop(): void } {
  const folders = [certificates.trustedFolder, certificates.rejectedFolder];
  const state = (): string => folders.map((folder) => statSync(folder).mtimeMs).join();
  let known = state();
  const timer = setInterval(() => {
    try {
      const present = state();
      if (present === known) return;
      known = present;
    } catch (error) {
      log.warn({ err: error }, 'the folder of trusted OPC UA clients cannot be read');
      return;
    }
    certificates
      .reloadCertificates()
      .catch((error: unknown) => log.warn({ err: error }, 'trusted OPC UA clients could not be read again'));
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
