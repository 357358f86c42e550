// What is set aside, of the operating position of this browser. Tabs, banner and lists read the same here, so that a count
// is always the length of its list.
import type { alarms } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { fetchOutOfService, fetchSuppressed } from '../../api/alarm-lists.ts';
import { useLive } from '../../live/hooks.ts';
import { useIsOwn, useOwnAlarms } from '../../live/operating-position.ts';
import { OUT_OF_SERVICE_KEY } from '../alarms/service-dialog.tsx';

/** Alarms without an occurrence are not on the live socket, so the lists that hold them are asked for. */
const REFRESH_MS = 10_000;

/** Changes with every alarm that enters or leaves the state: the list is asked for again at once. */
const useMark = (state: alarms.AlarmState): string => {
  const all = useLive((picture) => picture.alarms);
  return useMemo(
    () => [...all.values()].flatMap((alarm) => (alarm.state === state ? [alarm.id] : [])).join(),
    [all, state],
  );
};

interface Aside<T> {
  readonly items: readonly T[];
  /** Null: not known yet, which is not the same as nothing. */
  readonly count: number | null;
  readonly error: unknown;
}

export const useShelved = (): Aside<alarms.Alarm> => {
  const own = useOwnAlarms();
  const isKnown = useLive((picture) => picture.position !== null);
  const items = useMemo(
    () =>
      [...own.values()]
        .filter(({ state }) => state === 'SHLVD')
        .sort((a, b) => (a.shelvedUntil ?? '').localeCompare(b.shelvedUntil ?? '')),
    [own],
  );
  return { items, count: isKnown ? items.length : null, error: null };
};

export const useSuppressed = (): Aside<alarms.SuppressedAlarm> => {
  const isOwn = useIsOwn();
  const offline = useLive((state) => state.gateways);
  const gateways = [...offline.values()].flatMap(({ id, online }) => (online ? [] : [id])).join();
  const { data, error } = useQuery({
    queryKey: ['alarms-suppressed', useMark('DSUPR'), gateways],
    queryFn: fetchSuppressed,
    refetchInterval: REFRESH_MS,
    placeholderData: (former) => former,
  });
  const items = useMemo(() => (data?.items ?? []).filter(({ equipmentId }) => isOwn(equipmentId)), [data, isOwn]);
  return { items, count: data === undefined ? null : items.length, error };
};

export const useOutOfService = (): Aside<alarms.OutOfService> => {
  const isOwn = useIsOwn();
  const { data, error } = useQuery({
    queryKey: [...OUT_OF_SERVICE_KEY, useMark('OOSRV')],
    queryFn: fetchOutOfService,
    refetchInterval: REFRESH_MS,
    placeholderData: (former) => former,
  });
  const items = useMemo(() => (data?.items ?? []).filter(({ equipmentId }) => isOwn(equipmentId)), [data, isOwn]);
  return { items, count: data === undefined ? null : items.length, error };
};
