// A TCP relay that misbehaves on demand: each direction can hold its bytes (a black hole, or half open when it is one
// direction), delay, narrow or corrupt them; connections can be reset and new ones refused.
import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../protocols/listen.ts';
import type { Dice } from './dice.ts';

export interface DirectionFaults {
  /** Nothing passes, not even the end of the connection; it all comes late, as TCP would repeat it. */
  readonly hold?: boolean;
  readonly delayMs?: number;
  /** Added to the delay, by chance up to this; the order of the bytes stays. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Share of the chunks in which one bit is flipped. */
  readonly corruptShare?: number;
}

export interface LinkFaults {
  /** From the client to the server. */
  readonly up?: DirectionFaults;
  readonly down?: DirectionFaults;
  /** New connections are reset. */
  readonly refuse?: boolean;
}

export interface FaultProxy {
  readonly port: number;
  /** Replaces the faults of before; `{}` is a good line. */
  apply(faults: LinkFaults): void;
  /** Resets every connection. */
  reset(): void;
  readonly connections: number;
  stop(): Promise<void>;
}

/** Bytes held or delayed per connection and direction before the sender has to wait. */
const BUFFER_BYTES = 262_144;

interface Lane {
  /** The faults have changed. */
  flow(): void;
}

export async function startFaultProxy(
  target: { readonly host: string; readonly port: number },
  dice: Dice,
): Promise<FaultProxy> {
  let faults: LinkFaults = {};
  const lanes = new Set<Lane>();
  const pairs = new Set<readonly [Socket, Socket]>();

  function createLane(from: Socket, to: Socket, direction: 'up' | 'down', onEnd: () => void): Lane {
    const waiting: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
    let waitingBytes = 0;
    let lastDueMs = 0;
    let ended = false;
    let timer: NodeJS.Timeout | undefined;
    const flow = (): void => {
      clearTimeout(timer);
      if (faults[direction]?.hold === true) return;
      const now = performance.now();
      while (waiting.length > 0 && (waiting[0]?.dueMs ?? 0) <= now) {
        const bytes = waiting.shift()?.bytes ?? Buffer.alloc(0);
        waitingBytes -= bytes.length;
        to.write(bytes);
      }
      if (waitingBytes < BUFFER_BYTES && from.isPaused()) from.resume();
      if (waiting[0] !== undefined) timer = setTimeout(flow, Math.max(1, waiting[0].dueMs - now));
      else if (ended) onEnd();
    };
    from.on('data', (chunk: Buffer) => {
      const { delayMs = 0, jitterMs = 0, bytesPerSecond, corruptShare = 0 } = faults[direction] ?? {};
      const bytes = Buffer.from(chunk);
      if (corruptShare > 0 && dice.fraction() < corruptShare) {
        const at = dice.between(0, bytes.length - 1);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.between(0, 7));
      }
      const arrives = performance.now() + delayMs + dice.fraction() * jitterMs;
      const takesMs = bytesPerSecond === undefined ? 0 : (bytes.length / bytesPerSecond) * 1000;
      lastDueMs = Math.max(arrives, lastDueMs) + takesMs;
      waiting.push({ bytes, dueMs: lastDueMs });
      waitingBytes += bytes.length;
      if (waitingBytes >= BUFFER_BYTES) from.pause();
      flow();
    });
    from.on('close', () => {
      ended = true;
      flow();
    });
    return { flow };
  }

  const server = createServer((inner) => {
    inner.on('error', () => inner.destroy());
    if (faults.refuse === true) {
      inner.resetAndDestroy();
      return;
    }
    const outer = connect(target.port, target.host);
    outer.on('error', () => outer.destroy());
    inner.setNoDelay(true);
    outer.setNoDelay(true);
    const pair = [inner, outer] as const;
    pairs.add(pair);
    const up = createLane(inner, outer, 'up', () => outer.destroy());
    const down = createLane(outer, inner, 'down', () => inner.destroy());
    lanes.add(up).add(down);
    const gone = (): void => {
      if (!inner.destroyed || !outer.destroyed) return;
      pairs.delete(pair);
      lanes.delete(up);
      lanes.delete(down);
    };
    inner.on('close', gone);
    outer.on('close', gone);
  });
  const port = await listen(server);
  const reset = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  return {
    port,
    apply(next) {
      faults = next;
      for (const lane of [...lanes]) lane.flow();
    },
    reset,
    get connections() {
      return pairs.size;
    },
    stop: () =>
      new Promise((done) => {
        faults = {};
        server.close(() => done());
        reset();
      }),
  };
}
