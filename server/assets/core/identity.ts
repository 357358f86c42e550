// How gateways and equipment are called, and what a birth says about a device.
import { PLACELESS, type Place } from './place.ts';

export const HOME_GROUP = 'louwei';
export const GATEWAY_CLASS = 'gateway';
export const GENERIC_CLASS = 'generic-equipment';

/** Gateways of the product's own group go by their node id; others carry their group. */
export const gatewayIdOf = (group: string, node: string): string => (group === HOME_GROUP ? node : `${group}/${node}`);

/** Ids a device may get, best first; the first one that is free is taken and kept. */
export const equipmentIdCandidates = (gatewayId: string, deviceId: string): readonly string[] =>
  deviceId === ''
    ? [gatewayId, `${gatewayId}.gateway`, `${gatewayId}.gateway.node`]
    : [deviceId, `${gatewayId}.${deviceId}`, `${gatewayId}..${deviceId}`];

export interface Description {
  readonly class: string;
  readonly model: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly place: Place;
  readonly connection: string;
  /** Device id of the bus on which it hangs; empty when it shares none. */
  readonly bus: string;
}

/** Birth properties in the register's words; empty strings are "not said". */
export interface BirthProperties {
  readonly class?: string;
  readonly model?: string;
  readonly nameZh?: string;
  readonly nameEn?: string;
  readonly site?: string;
  readonly building?: string;
  readonly floor?: string;
  readonly room?: string;
  readonly connection?: string;
  readonly bus?: string;
}

/** A class the library does not know would leave the device without any description, so it is generic equipment. */
export function describe(
  id: string,
  deviceId: string,
  properties: BirthProperties,
  isKnownClass: (name: string) => boolean,
): Description {
  const said = properties.class ?? '';
  const fallback = deviceId === '' ? GATEWAY_CLASS : GENERIC_CLASS;
  const nameEn = properties.nameEn || properties.nameZh || deviceId || id;
  return {
    class: said !== '' && isKnownClass(said) ? said : fallback,
    model: properties.model ?? '',
    name: { zh: properties.nameZh || nameEn, en: nameEn },
    place: {
      ...PLACELESS,
      ...(properties.site === undefined ? {} : { site: properties.site }),
      ...(properties.building === undefined ? {} : { building: properties.building }),
      ...(properties.floor === undefined ? {} : { floor: properties.floor }),
      ...(properties.room === undefined ? {} : { room: properties.room }),
    },
    connection: properties.connection ?? '',
    bus: properties.bus ?? '',
  };
}
