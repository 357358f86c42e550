// Whether a server keeps to the deadband it accepted. Pure. Servers are known that compare with the last sample instead of the last
// value they sent, so that a slow drift is never told, and that tell no change of quality while the value stays within it.
import { type RawVariant, rawValue } from './variant.ts';

export interface RawItem {
  readonly status: number;
  readonly variant: RawVariant | null;
}

/** @param deadband raw. */
export function isHidden(told: RawItem, read: RawItem, deadband: number): boolean {
  if (told.status >>> 30 !== read.status >>> 30) return true;
  const [before, now] = [numberOf(told), numberOf(read)];
  return before !== null && now !== null && Math.abs(now - before) > deadband * (1 + 1e-6);
}

function numberOf({ variant }: RawItem): number | null {
  const raw = variant === null ? undefined : rawValue(variant);
  return typeof raw === 'number' || typeof raw === 'bigint' ? Number(raw) : null;
}

/**
 * What was read may be on its way, so one look proves nothing. Two do, when nothing came in between.
 * @param suspicion what it was after the look before: the number of values told so far, or null.
 */
export const look = (
  suspicion: number | null,
  told: number,
  hidden: boolean,
): { readonly suspicion: number | null; readonly hides: boolean } => ({
  suspicion: hidden ? told : null,
  hides: hidden && suspicion === told,
});
