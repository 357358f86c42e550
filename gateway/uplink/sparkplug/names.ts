// Names of the metrics by which a Louwei gateway describes itself and its devices in births. The Sparkplug ones are
// fixed by the specification; the rest are ordinary string properties any Sparkplug product may show.

/** Node metrics of Sparkplug B 3.0. */
export const BDSEQ = 'bdSeq';
export const REBIRTH = 'Node Control/Rebirth';

/** DBIRTH: `Properties/...` strings, which fill the server's equipment register. */
export const PROPERTY = {
  /** Class of the device profile, e.g. `booster-pump-set`. */
  class: 'Properties/Class',
  /** Model of the device profile, e.g. `eastron/sdm630`. */
  model: 'Properties/Model',
  nameZh: 'Properties/Name zh',
  nameEn: 'Properties/Name en',
  /** Where it stands: site, building, floor and room; empty strings when unknown. */
  site: 'Properties/Site',
  building: 'Properties/Building',
  floor: 'Properties/Floor',
  room: 'Properties/Room',
  /** What it is connected to, in words: `modbus tcp 127.0.0.1:5020 unit 1`. */
  connection: 'Properties/Connection',
} as const;
export const PROPERTY_PREFIX = 'Properties/';

/**
 * Point every Louwei device carries besides those of its class: true while the device answers its gateway.
 * It goes through the outbox like every reading, so the history of an outage is exact.
 */
export const COMM_POINT = 'comm';
