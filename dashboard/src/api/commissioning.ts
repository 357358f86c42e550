// Commissioning of gateways: what a gateway says, trying a device, and the configurations it was given.
import type { commissioning } from '@louwei/server/contract';
import { pathOf, request } from './request.ts';

type Device = commissioning.DeviceEntry;

export const fetchDescription = (gateway: string): Promise<commissioning.GatewayDescription> =>
  request('GET', pathOf('gateways', gateway, 'description'));
export const fetchConfiguration = (gateway: string): Promise<commissioning.GatewayConfiguration> =>
  request('GET', pathOf('gateways', gateway, 'configuration'));

export interface ConfigurationChange {
  readonly baseVersion: number;
  readonly devices: readonly Device[];
  readonly reason: string;
}
export const saveConfiguration = (
  gateway: string,
  change: ConfigurationChange,
): Promise<commissioning.GatewayConfiguration> => request('POST', pathOf('gateways', gateway, 'configuration'), change);
export const restoreConfiguration = (
  gateway: string,
  version: number,
  change: Omit<ConfigurationChange, 'devices'>,
): Promise<commissioning.GatewayConfiguration> =>
  request('POST', pathOf('gateways', gateway, 'configuration', String(version), 'restore'), change);

export const testRead = (gateway: string, device: Device): Promise<commissioning.TestRead> =>
  request('POST', pathOf('gateways', gateway, 'test-reads'), { device });

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
}
export const identifyDevice = (gateway: string, target: Target): Promise<commissioning.Identification> =>
  request('POST', pathOf('gateways', gateway, 'identifications'), target);

export const fetchModels = (): Promise<{ readonly items: readonly commissioning.ModelSummary[] }> =>
  request('GET', pathOf('models'));
export const fetchModelPoints = (model: string): Promise<commissioning.ModelPoints> =>
  request('GET', pathOf('models', ...model.split('/')));
