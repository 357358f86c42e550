// The live socket in the browser: connects, feeds messages to the core, obeys its effects, and retries for ever.
import type { live } from '@louwei/server/contract';
import { retryDelayMs, SILENCE_MS } from './core/freshness.ts';
import { connectionLost, receive, resumeQuery } from './core/reduce.ts';
import type { LiveMessage } from './core/state.ts';
import { liveStore } from './store.ts';

export interface LiveSocket {
  readonly watch: (request: live.LiveRequest) => void;
  readonly stop: () => void;
}

const parse = (data: unknown): LiveMessage | null => {
  if (typeof data !== 'string') return null;
  try {
    // Same origin, same release: the server has checked it against the contract before sending.
    return JSON.parse(data) as LiveMessage;
  } catch {
    return null;
  }
};

/** `onRefused` is called after each failed attempt, so that an ended session can be noticed. */
export const startLiveSocket = (url: string, onRefused: () => void): LiveSocket => {
  let socket: WebSocket | null = null;
  let request: live.LiveRequest | null = null;
  let attempt = 0;
  let stopped = false;
  let startedAtMs = Date.now();
  let retry: ReturnType<typeof setTimeout> | undefined;

  const drop = (old: WebSocket): void => {
    if (socket !== old) return;
    socket = null;
    old.close();
    liveStore.set(connectionLost(liveStore.get(), Date.now()));
    if (stopped) return;
    clearTimeout(retry);
    retry = setTimeout(connect, retryDelayMs(attempt, Math.random()));
    attempt += 1;
  };

  const connect = (): void => {
    const own = new WebSocket(url + resumeQuery(liveStore.get()));
    socket = own;
    startedAtMs = Date.now();
    own.onopen = () => {
      if (request !== null) own.send(JSON.stringify(request));
    };
    own.onmessage = (event) => {
      if (socket !== own) return;
      const message = parse(event.data);
      if (message === null) return drop(own);
      const step = receive(liveStore.get(), message, Date.now());
      liveStore.set(step.state);
      if (step.effect.kind === 'reconnect') return drop(own);
      if (step.state.following) attempt = 0;
    };
    own.onclose = () => {
      if (socket !== own) return;
      drop(own);
      onRefused();
    };
  };

  // A cable that is pulled closes no socket: silence does.
  const watchdog = setInterval(() => {
    const silentMs = Date.now() - Math.max(liveStore.get().heardAtMs, startedAtMs);
    if (socket !== null && silentMs > SILENCE_MS) drop(socket);
  }, 1_000);

  connect();
  return {
    watch: (next) => {
      request = next;
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(next));
    },
    stop: () => {
      stopped = true;
      clearInterval(watchdog);
      clearTimeout(retry);
      const old = socket;
      socket = null;
      old?.close();
    },
  };
};
