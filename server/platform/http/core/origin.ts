// Decides whether a request that changes something, or opens the live socket, comes from our own pages. Browsers always
// send Origin or Sec-Fetch-Site with such requests; programs that are not browsers send neither and carry no cookie by accident.

export interface OriginFacts {
  readonly origin: string | undefined;
  /** Host as the client addressed it, with port. */
  readonly host: string | undefined;
  /** Fetch Metadata: same-origin, same-site, cross-site or none. */
  readonly secFetchSite: string | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

/** True when the request may write. A wrong or opaque Origin (`null`) is refused. */
export function isOwnOrigin(facts: OriginFacts): boolean {
  const site = facts.secFetchSite;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (facts.origin === undefined) return true;
  if (facts.host === undefined) return false;
  const parts = /^(https?:)\/\/([^/?#@\s]+)$/i.exec(facts.origin);
  if (parts === null) return false;
  const scheme = (parts[1] ?? '').toLowerCase();
  return withoutDefaultPort(parts[2] ?? '', scheme) === withoutDefaultPort(facts.host, scheme);
}

function withoutDefaultPort(host: string, scheme: string): string {
  const lower = host.toLowerCase();
  const port = DEFAULT_PORTS[scheme];
  return port !== undefined && lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}
