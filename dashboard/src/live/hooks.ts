// How screens read the live picture. Selectors must return what is in the state, not something built anew.
import type { live } from '@louwei/server/contract';
import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import { clockStore, type Tick } from './clock.ts';
import type { LiveState } from './core/state.ts';
import type { LiveSocket } from './socket.ts';
import { liveStore } from './store.ts';

export const useLive = <T>(select: (state: LiveState) => T): T =>
  useSyncExternalStore(liveStore.subscribe, () => select(liveStore.get()));

const useTick = <T>(select: (tick: Tick) => T): T =>
  useSyncExternalStore(clockStore.subscribe, () => select(clockStore.get()));

/** Server time, ms, once a second; stands still while frozen. */
export const useServerNow = (): number => useTick((tick) => tick.serverNowMs);
export const useBrowserNow = (): number => useTick((tick) => tick.browserNowMs);
export const useLink = (): Tick['link'] => useTick((tick) => tick.link);
/** Actions are offered only while the picture is known to be true; they are never queued. */
export const useCanAct = (): boolean => useTick((tick) => tick.link.kind === 'live');

export const LiveSocketContext = createContext<LiveSocket | null>(null);

/** Tells the server whose values this screen shows. */
export const useWatch = (equipment: readonly string[], points: live.LiveRequest['points']): void => {
  const socket = useContext(LiveSocketContext);
  const key = equipment.join('\n');
  useEffect(() => {
    socket?.watch({ type: 'watch', equipment: key === '' ? [] : key.split('\n'), points });
  }, [socket, key, points]);
};
