// Holds the live state outside React; components read it with `useSyncExternalStore`.
import { initialState, type LiveState } from './core/state.ts';

export interface Store<T> {
  readonly get: () => T;
  readonly set: (next: T) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export const createStore = <T>(first: T): Store<T> => {
  let present = first;
  const listeners = new Set<() => void>();
  return {
    get: () => present,
    set: (next) => {
      if (Object.is(next, present)) return;
      present = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export const liveStore: Store<LiveState> = createStore(initialState(Date.now()));
