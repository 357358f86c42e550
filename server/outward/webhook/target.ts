// Where a webhook may go. A server that posts to any address an admin's account gives it would be a door into the
// machine's own network (SSRF), so loopback, link-local, private and other special addresses are refused unless the
// configuration allows them; the address that was judged is the one that is connected to, and redirects are not followed.
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

const special = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  special.addSubnet(network, prefix, 'ipv6');

/** IPv4 inside IPv6 (::ffff:a.b.c.d) is judged by Node as the IPv4 address it is. */
export const isSpecialAddress = (address: string): boolean =>
  special.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

export const refusal = (host: string): string =>
  `${host}: found a loopback, link-local or private address, expected a public one; LOUWEI_WEBHOOK_PRIVATE=true allows it`;

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

/** Judges what can be judged without asking DNS. @returns the fault, or null. */
export function faultOf(url: string, allowPrivate: boolean): string | null {
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    return `url: found ${parsed.protocol}, expected http or https`;
  if (parsed.username !== '' || parsed.password !== '') return 'url: found a password in it, expected none';
  const host = bare(parsed.hostname);
  return !allowPrivate && isIP(host) !== 0 && isSpecialAddress(host) ? refusal(host) : null;
}

/** For the socket: resolves the name and refuses when any of its addresses is special. */
export const guardedLookup =
  (allowPrivate: boolean) =>
  (
    hostname: string,
    options: { readonly all?: boolean | undefined },
    done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    lookup(hostname, { all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return done(error ?? new Error(`${hostname}: no address`), []);
      if (!allowPrivate && addresses.some(({ address }) => isSpecialAddress(address)))
        return done(new Error(refusal(hostname)), []);
      if (options.all === true) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
