// The certificates on which a session depends, and until when. Both end one day, and then no session comes up any more.
import { X509Certificate } from 'node:crypto';
import type { OPCUAClient } from 'node-opcua';
import type { SeenCertificate } from '../port.ts';
import { whereOf } from './connection.ts';

/** @returns those in use by a client that has a session. */
export function certificatesOf(client: OPCUAClient, url: string): SeenCertificate[] {
  const inUse = [
    ['gateway', client.getCertificate()],
    ['server', client.serverCertificate],
  ] as const;
  return inUse.flatMap(([whose, der]): SeenCertificate[] => {
    // The server may send the whole chain; its own comes first.
    const leaf = Array.isArray(der) ? der[0] : der;
    if (!leaf) return [];
    return [{ whose, where: whereOf(url), validToMs: new X509Certificate(leaf).validToDate.getTime() }];
  });
}
