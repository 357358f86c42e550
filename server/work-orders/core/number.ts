// The number people say on the phone.

/** `WO-2026-000123`; the year is that of the creation in UTC. */
export const orderNumber = (sequence: number, nowMs: number): string =>
  `WO-${new Date(nowMs).getUTCFullYear()}-${String(sequence).padStart(6, '0')}`;
