// Names of the metrics by which a Louwei gateway describes itself and its devices in births. The Sparkplug ones are
// fixed by the specification; the rest are ordinary string properties any Sparkplug product may show.

/** Node metrics of Sparkplug B 3.0. */
export const BDSEQ = 'bdSeq';
export const REBIRTH = 'Node Control/Rebirth';

/**
 * NBIRTH, and NDATA when records were given up: no record of the payload's epoch at or below this seq will be sent
 * (again). They are committed already, or given up for want of room. Int64, 0 when nothing is missing.
 */
export const DROPPED_THROUGH = 'Node Info/Dropped Through';
/** Records the gateway has given up for want of room since its outbox was made. Int64. */
export const DROPPED_RECORDS = 'Node Info/Dropped Records';

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
  /** Device id of the bus on which the device hangs; absent when it shares none. */
  bus: 'Properties/Bus',
} as const;
export const PROPERTY_PREFIX = 'Properties/';

/**
 * Point every Louwei device carries besides those of its class: true while the device answers its gateway.
 * It goes through the outbox like every reading, so the history of an outage is exact.
 */
export const COMM_POINT = 'comm';

/** String point of every device that can be written: the outcome of its last command (command.ts). */
export const COMMAND_OUTCOME_POINT = 'commandOutcome';

/** Properties of a metric in DCMD that make it a command; all three are needed. */
export const COMMAND_ID_PROPERTY = 'Command Id';
export const COMMAND_ISSUED_PROPERTY = 'Command Issued';
export const COMMAND_EXPIRY_PROPERTY = 'Command Expiry';

/** Keys of metric properties: `Quality` is Sparkplug's own (0 bad, 192 good, 500 stale); the others are Louwei's. */
export const QUALITY_PROPERTY = 'Quality';
export const REASON_PROPERTY = 'Quality Reason';
export const DEVICE_TIME_PROPERTY = 'Device Time';
