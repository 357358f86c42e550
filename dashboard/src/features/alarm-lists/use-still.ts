// Holds a list still while the pointer or the focus is in it.
import { type FocusEvent, type PointerEvent, useMemo, useRef, useState } from 'react';
import { type StillRow, stillRows } from './core/still.ts';

interface Still<T> {
  readonly rows: readonly StillRow<T>[];
  /** For the element that holds the rows. */
  readonly hand: {
    readonly onPointerEnter: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: () => void;
    readonly onBlur: (event: FocusEvent) => void;
  };
}

export const useStill = <T>(present: readonly T[], keyOf: (item: T) => string): Still<T> => {
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  const before = useRef<readonly T[]>([]);
  const held = pointer || focus;
  const rows = useMemo(() => {
    const next = stillRows(before.current, present, keyOf, held);
    before.current = next.map(({ item }) => item);
    return next;
  }, [present, keyOf, held]);
  const hand = {
    onPointerEnter: (event: PointerEvent) => event.pointerType === 'mouse' && setPointer(true),
    onPointerLeave: () => setPointer(false),
    onFocus: () => setFocus(true),
    onBlur: (event: FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && setFocus(false),
  };
  return { rows, hand };
};
