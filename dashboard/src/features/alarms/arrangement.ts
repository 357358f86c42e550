// Keeps the rows still while the operator's hand is in the list, and remembers rows that close meanwhile.
import type { alarms } from '@louwei/server/contract';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { arrange } from './core/order.ts';

type Alarm = alarms.Alarm;

/** After the last key or acknowledgement the list stays as it is for this long. */
const SETTLE_MS = 3_000;

export interface Rows {
  readonly rows: readonly Alarm[];
  readonly pending: readonly Alarm[];
  /** The operator's hand is in the list: nothing may move. */
  readonly isHeld: boolean;
  readonly release: () => void;
  /** A key was pressed or an alarm acknowledged. */
  readonly touch: () => void;
  readonly setPointerInside: (inside: boolean) => void;
}

export const useRows = (shown: readonly Alarm[], hasSelection: boolean, filterKey: string): Rows => {
  const [pointerInside, setPointerInside] = useState(false);
  const [touched, setTouched] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const order = useRef<readonly string[]>([]);
  const lastKnown = useRef<ReadonlyMap<string, Alarm>>(new Map());
  const releasedFor = useRef('');
  const [releases, setReleases] = useState(0);

  const touch = useCallback(() => {
    setTouched(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setTouched(false), SETTLE_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);

  return useMemo(() => {
    // Another filter, or a press on "n new", is the operator's own wish to see another order.
    const wish = `${filterKey} ${releases}`;
    const held = (pointerInside || touched || hasSelection) && releasedFor.current === wish;
    releasedFor.current = wish;
    const arrangement = arrange(order.current, shown, held);
    order.current = arrangement.order;
    const present = new Map(shown.map((alarm) => [alarm.id, alarm]));
    const kept = new Map<string, Alarm>();
    const rows = arrangement.order.flatMap((id) => {
      const former = lastKnown.current.get(id);
      const alarm = present.get(id) ?? (former === undefined ? undefined : { ...former, state: 'NORM' as const });
      if (alarm === undefined) return [];
      kept.set(id, alarm);
      return [alarm];
    });
    lastKnown.current = kept;
    const pending = arrangement.pending.flatMap((id) => present.get(id) ?? []);
    return { rows, pending, isHeld: held, release: () => setReleases((n) => n + 1), touch, setPointerInside };
  }, [shown, pointerInside, touched, hasSelection, filterKey, releases, touch]);
};
