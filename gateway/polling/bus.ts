// The connection of one bus as the runner needs it. Its owner enforces the deadlines: no call may hang or reject.
import type { ReadOutcome } from './core/device-plan.ts';
import type { Span } from './core/span.ts';

export interface Bus {
  isOpen(): boolean;
  /** Opens the connection unless it is open. Settles within `deadlineMs`. */
  connect(deadlineMs: number): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
  /** One read; the next may start only when it has settled. Settles within `timeoutMs` and a small margin. */
  read(unit: number, span: Span, timeoutMs: number): Promise<ReadOutcome>;
  /** Closes at once; a read under way settles as `closed`. */
  close(): void;
}
