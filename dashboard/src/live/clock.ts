// Ticks once a second in server time. While the link is frozen it stands still, so no age or duration goes on counting
// as if somebody were still looking at the plant.
import { type Link, linkAt } from './core/freshness.ts';
import { createStore, liveStore } from './store.ts';

export interface Tick {
  readonly link: Link;
  /** Browser time, ms; keeps running. */
  readonly browserNowMs: number;
  /** Server time, ms; stands still while frozen. */
  readonly serverNowMs: number;
}

const tickNow = (): Tick => {
  const browserNowMs = Date.now();
  const state = liveStore.get();
  const link = linkAt(state, browserNowMs);
  const shownMs = link.kind === 'frozen' ? link.sinceMs : browserNowMs;
  return { link, browserNowMs, serverNowMs: shownMs + state.clockOffsetMs };
};

export const clockStore = createStore<Tick>(tickNow());

export const startClock = (): (() => void) => {
  const update = (): void => clockStore.set(tickNow());
  const timer = setInterval(update, 1_000);
  // A change of the link shows at once, not at the next tick.
  const unsubscribe = liveStore.subscribe(() => {
    if (linkAt(liveStore.get(), Date.now()).kind !== clockStore.get().link.kind) update();
  });
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
};
