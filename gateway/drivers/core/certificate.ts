// How long a certificate still holds, in words, before it ends. Pure.

const DAY_MS = 86_400_000;
/** Renewal needs a visit on site. */
const WARN_DAYS = 30;

export const daysLeft = (validToMs: number, nowMs: number): number => Math.floor((validToMs - nowMs) / DAY_MS);

/** @returns null while there is nothing to say. */
export function expiryWarning(whose: string, validToMs: number, nowMs: number): string | null {
  const days = daysLeft(validToMs, nowMs);
  if (days > WARN_DAYS) return null;
  const on = new Date(validToMs).toISOString().slice(0, 10);
  return days < 0
    ? `${whose} expired on ${on}; renew it`
    : `${whose} ends in ${days} ${days === 1 ? 'day' : 'days'}, on ${on}; renew it`;
}
