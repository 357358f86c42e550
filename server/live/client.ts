// One open socket: what it may send, how much may wait for it, and when it is given up.
import type { WebSocket } from 'ws';
import { type LiveRequest, liveRequest } from '../contract/live.ts';
import type { Caller } from '../platform/http/route.ts';
import { type Allowance, fullAllowance, spend } from './core/allowance.ts';

/** Beyond this much unsent a client is dropped; its reconnect resumes or gets a snapshot. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
/** Beyond this much unsent, values are held back; they are sent anew when the client has caught up. */
const LAGGING_BYTES = 512 * 1024;
const CAUGHT_UP_BYTES = 64 * 1024;
/** Heartbeats without an answer to our ping: 30 s. */
const MAX_MISSED_PONGS = 6;
/** How long a client may take over its farewell. */
const FAREWELL_MS = 5000;

export const CLOSE = {
  slow: [1013, 'too slow'],
  malformed: [1008, 'malformed message'],
  tooMany: [1008, 'too many messages'],
  sessionEnded: [4401, 'session ended'],
  stopping: [1001, 'server stops'],
} as const;
export type CloseReason = keyof typeof CLOSE;

export interface LiveClient {
  readonly caller: Caller;
  /** False when it had to be dropped. @param isSnapshot is allowed to be large. */
  send(message: Buffer, isSnapshot?: boolean): boolean;
  /** True while values must be held back; remembers that it missed some. */
  isLagging(): boolean;
  /** True once when a lagging client has caught up. */
  hasCaughtUp(): boolean;
  /** Pings; false when it has not answered for long and is gone. */
  ping(): boolean;
  close(reason: CloseReason): void;
}

export interface ClientEvents {
  onRequest(request: LiveRequest): void;
  /** Once, whatever the reason. */
  onGone(reason: CloseReason | 'left' | 'silent'): void;
}

export function createLiveClient(socket: WebSocket, caller: Caller, events: ClientEvents): LiveClient {
  let limitBytes = MAX_UNSENT_BYTES;
  let lagging = false;
  let missedPongs = 0;
  let allowance: Allowance = fullAllowance(performance.now());
  let gone = false;

  function leave(reason: CloseReason | 'left' | 'silent'): void {
    if (gone) return;
    gone = true;
    events.onGone(reason);
  }
  function close(reason: CloseReason): void {
    if (gone) return;
    leave(reason);
    const [code, text] = CLOSE[reason];
    socket.close(code, text);
    const timer = setTimeout(() => socket.terminate(), FAREWELL_MS);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }

  socket.on('close', () => leave('left'));
  socket.on('pong', () => {
    missedPongs = 0;
  });
  socket.on('message', (data, isBinary) => {
    if (gone) return;
    const left = spend(allowance, performance.now());
    if (left === null) return close('tooMany');
    allowance = left;
    const request = isBinary ? null : readRequest(String(data));
    if (request === null) close('malformed');
    else events.onRequest(request);
  });

  return {
    caller,
    close,
    send(message, isSnapshot = false) {
      if (gone || socket.readyState !== socket.OPEN) return false;
      if (socket.bufferedAmount > limitBytes) {
        close('slow');
        return false;
      }
      // A large building's snapshot must not count against the client that has just been given it.
      if (isSnapshot) limitBytes = MAX_UNSENT_BYTES + message.length;
      socket.send(message, { binary: false });
      return true;
    },
    isLagging() {
      if (socket.bufferedAmount > LAGGING_BYTES) lagging = true;
      return lagging;
    },
    hasCaughtUp() {
      if (!lagging || socket.bufferedAmount > CAUGHT_UP_BYTES) return false;
      lagging = false;
      return true;
    },
    ping() {
      if (++missedPongs > MAX_MISSED_PONGS) {
        leave('silent');
        socket.terminate();
        return false;
      }
      if (socket.readyState === socket.OPEN) socket.ping();
      return true;
    },
  };
}

function readRequest(text: string): LiveRequest | null {
  try {
    const parsed = liveRequest.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
