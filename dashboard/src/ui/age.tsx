// A ticking age or duration in server time; stands still while the page is frozen.
import { useServerNow } from '../live/hooks.ts';
import { formatStopwatch } from './time.ts';
import { useWords } from './words.ts';

export const Age = ({ sinceMs }: { readonly sinceMs: number }) => {
  const now = useServerNow();
  const { duration } = useWords();
  return <span className="nowrap">{duration(now - sinceMs)}</span>;
};

/** Duration of something with an end; ticks while the end is open. */
export const Lasting = ({ sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number | null }) => {
  const now = useServerNow();
  return <span className="nowrap">{formatStopwatch((untilMs ?? now) - sinceMs)}</span>;
};
