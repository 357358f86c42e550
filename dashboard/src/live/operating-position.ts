// The operating position of this browser: chosen by a person, kept in the browser, followed by list, counts, floods and sound.
import type { alarmHealth, alarms } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import { fetchPositions } from '../api/alarm-lists.ts';
import { EVERYTHING, partOf, positionOf, validChoice } from './core/position.ts';
import { useLive } from './hooks.ts';
import { createStore } from './store.ts';

const STORED_AS = 'louwei.position';
export const POSITIONS_KEY = ['operating-positions'] as const;
const NONE: readonly alarmHealth.OperatingPosition[] = [];

/** A browser may forbid storage; the choice then lasts as long as the page. */
const stored = (): string => {
  try {
    return localStorage.getItem(STORED_AS) ?? EVERYTHING;
  } catch {
    return EVERYTHING;
  }
};

const chosenStore = createStore(stored());

export const choosePosition = (id: string): void => {
  chosenStore.set(id);
  try {
    localStorage.setItem(STORED_AS, id);
  } catch {
    // See above.
  }
};

export interface OwnPosition {
  readonly positions: readonly alarmHealth.OperatingPosition[];
  /** Null: everything is shown. */
  readonly present: alarmHealth.OperatingPosition | null;
}

export const useOperatingPosition = (): OwnPosition => {
  const chosen = useSyncExternalStore(chosenStore.subscribe, chosenStore.get);
  const { data } = useQuery({ queryKey: POSITIONS_KEY, queryFn: fetchPositions, refetchInterval: 60_000 });
  const positions = data?.items ?? NONE;
  const id = validChoice(positions, chosen);
  return { positions, present: positions.find((one) => one.id === id) ?? null };
};

/** Whether an equipment belongs to the position of this browser. */
export const useIsOwn = (): ((equipmentId: string) => boolean) => {
  const { positions, present } = useOperatingPosition();
  const equipment = useLive((state) => state.equipment);
  return useMemo(() => {
    if (present === null) return () => true;
    return (id: string) => positionOf(positions, equipment.get(id)) === present.id;
  }, [positions, present, equipment]);
};

export const useOwnAlarms = (): ReadonlyMap<string, alarms.Alarm> => {
  const all = useLive((state) => state.alarms);
  const isOwn = useIsOwn();
  return useMemo(() => partOf(all, ({ equipmentId }) => isOwn(equipmentId)), [all, isOwn]);
};

export const useOwnFloods = (): ReadonlyMap<string, alarmHealth.AlarmFlood> => {
  const all = useLive((state) => state.floods);
  const { present } = useOperatingPosition();
  return useMemo(
    () => (present === null ? all : partOf(all, ({ position }) => position === present.id)),
    [all, present],
  );
};
