// The bus of one host and port: opens a fresh link whenever the last one was given up.
import type { Bus } from '../../polling/bus.ts';
import { type ModbusLink, openLink } from './link.ts';
import { createTurnstile } from './write.ts';

export function createModbusBus(host: string, port: number): Bus {
  let link: ModbusLink | null = null;
  const closing = new AbortController();
  const inTurn = createTurnstile();

  async function connect(deadlineMs: number): ReturnType<Bus['connect']> {
    if (link?.isOpen()) return { ok: true };
    if (closing.signal.aborted) return { ok: false, reason: 'closed' };
    try {
      link = await openLink(host, port, deadlineMs, closing.signal);
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    connect: (deadlineMs) => inTurn(() => connect(deadlineMs)),
    read: (unit, span, timeoutMs) =>
      inTurn(async () =>
        link === null ? { kind: 'closed', reason: 'not connected' } : link.read(unit, span, timeoutMs),
      ),
    close() {
      closing.abort();
      link?.destroy();
    },
  };
}
