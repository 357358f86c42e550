// The bus of one host and port: opens a fresh link whenever the last one was given up.
import type { Bus } from '../../polling/bus.ts';
import { type ModbusLink, openLink } from './link.ts';

export function createModbusBus(host: string, port: number): Bus {
  let link: ModbusLink | null = null;
  const closing = new AbortController();

  return {
    isOpen: () => link?.isOpen() ?? false,
    async connect(deadlineMs) {
      if (link?.isOpen()) return { ok: true };
      if (closing.signal.aborted) return { ok: false, reason: 'closed' };
      try {
        link = await openLink(host, port, deadlineMs, closing.signal);
        return { ok: true };
      } catch (error) {
        return { ok: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },
    read: (unit, span, timeoutMs) =>
      link === null ? Promise.resolve({ kind: 'closed', reason: 'not connected' }) : link.read(unit, span, timeoutMs),
    close() {
      closing.abort();
      link?.destroy();
    },
  };
}
