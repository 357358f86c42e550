// What the screens of one gateway ask the server again and again: its own word, and the versions it was given.
import type { commissioning, equipment } from '@louwei/server/contract';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { fetchConfiguration, fetchDescription, fetchModels } from '../../api/commissioning.ts';
import { useLive } from '../../live/hooks.ts';

/** While a version is on its way. */
const FOLLOW_MS = 1_000;
const LOOK_MS = 10_000;

export const descriptionKey = (gateway: string) => ['gateway-description', gateway] as const;
export const configurationKey = (gateway: string) => ['gateway-configuration', gateway] as const;

/** Asked once per visit: it is a request to the gateway itself. */
export const useDescription = (gateway: string): UseQueryResult<commissioning.GatewayDescription> =>
  useQuery({
    queryKey: descriptionKey(gateway),
    queryFn: () => fetchDescription(gateway),
    retry: false,
    staleTime: 15_000,
  });

const isOpen = (state: commissioning.ConfigurationStateName | undefined): boolean =>
  state === 'sent' || state === 'trial';

export const useConfiguration = (gateway: string): UseQueryResult<commissioning.GatewayConfiguration> =>
  useQuery({
    queryKey: configurationKey(gateway),
    queryFn: () => fetchConfiguration(gateway),
    refetchInterval: ({ state }) => (isOpen(state.data?.history[0]?.state) ? FOLLOW_MS : LOOK_MS),
  });

export const useModels = (): UseQueryResult<{ readonly items: readonly commissioning.ModelSummary[] }> =>
  useQuery({ queryKey: ['models'], queryFn: fetchModels, staleTime: Number.POSITIVE_INFINITY });

/** The equipment a device has become; it may have got the gateway's name before its own. */
export const useEquipmentOf = (gateway: string, device: string): equipment.EquipmentSummary | undefined => {
  const own = useLive((state) => state.equipment.get(device));
  const prefixed = useLive((state) => state.equipment.get(`${gateway}.${device}`));
  return [own, prefixed].find((found) => found?.gatewayId === gateway);
};
