// Requests of the host to an edge node and its answers, for commissioning from a distance. Down: NCMD with the String
// metric REQUEST. Up: NDATA with the String metric ANSWER, live only: an answer nobody waits for is worth nothing.
import { z } from 'zod';

/** NCMD, String: a signed envelope as JSON. */
export const REQUEST = 'Node Control/Request';
/** NDATA, String: an answer as JSON. */
export const ANSWER = 'Node Info/Answer';
/** NBIRTH and NDATA, String: which configuration the node runs, and what became of the last one it was given, as JSON. */
export const CONFIGURATION = 'Node Info/Configuration';

/** What is signed is the text of `body`, so that both sides need no canonical JSON. */
export const envelope = z.object({
  /** JSON of a `requestBody`. */
  body: z.string().max(1_000_000),
  /** Ed25519 (RFC 8032) over the UTF-8 bytes of `body`, base64. */
  signature: z.string().max(100),
});
export type Envelope = z.infer<typeof envelope>;

/** An entry of `devices:` as it stands in the gateway's file; only the gateway knows whether it is right. */
const deviceEntry = z.record(z.string(), z.unknown());
export type DeviceEntry = z.infer<typeof deviceEntry>;

/**
 * `describe`: the drivers' schemas and the devices as configured. `test-read`: reads a device once, configured or not.
 * `identify`: asks an unknown Modbus TCP device what it is. `configure`: these devices from now on.
 */
export const requestCall = z.discriminatedUnion('method', [
  z.object({ method: z.literal('describe') }),
  z.object({ method: z.literal('test-read'), device: deviceEntry }),
  z.object({
    method: z.literal('identify'),
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535),
    unit: z.int().min(0).max(255),
  }),
  z.object({
    method: z.literal('configure'),
    /** Greater than the one that runs; versions of one gateway are counted by its server. */
    version: z.int().min(1),
    devices: z.array(deviceEntry).max(5_000),
  }),
]);
export type RequestCall = z.infer<typeof requestCall>;

export const requestBody = z.object({
  id: z.string().min(1).max(64),
  /** Sparkplug edge node id: a request signed for one gateway means nothing to another. */
  gateway: z.string(),
  /** Unix ms. Not begun at or after it; an id is not begun twice. */
  expiresAtMs: z.int(),
  call: requestCall,
});
export type RequestBody = z.infer<typeof requestBody>;

/** One fault of a request's content, in the words of the gateway's own file check. */
export const requestProblem = z.object({
  /** `devices.3.connection.port`. */
  path: z.string(),
  message: z.string(),
});
export type RequestProblem = z.infer<typeof requestProblem>;

export const answer = z.union([
  z.object({ id: z.string(), ok: z.literal(true), result: z.unknown() }),
  z.object({
    id: z.string(),
    ok: z.literal(false),
    /** `read-only`, `not-signed`, `expired`, `invalid`, `stale-version`, `unreachable`, `busy`, `failed`. */
    code: z.string(),
    /** In words, for people. */
    detail: z.string(),
    problems: z.array(requestProblem).default([]),
  }),
]);
export type Answer = z.infer<typeof answer>;

/** Result of `describe`. */
export const description = z.object({
  configurationVersion: z.int(),
  /** As in the file; the values of secret fields are SECRET_KEPT. */
  devices: z.array(deviceEntry),
  drivers: z.array(
    z.object({
      protocol: z.string(),
      /** JSON Schema (2020-12) of a device's `connection` block. */
      connectionSchema: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type Description = z.infer<typeof description>;

/** In place of a secret on its way up; on its way down: keep the one you have for this device. */
export const SECRET_KEPT = '********';

/** Result of `test-read`. */
export const testRead = z.object({
  /** The device answered. */
  online: z.boolean(),
  /** Why not, in words. */
  reason: z.string().nullable(),
  /** From the first request to the last reading. */
  durationMs: z.number(),
  /** `modbus tcp 10.0.0.7:502 unit 1`. */
  connection: z.string(),
  readings: z.array(
    z.object({
      point: z.string(),
      value: z.union([z.number(), z.string(), z.boolean(), z.null()]),
      quality: z.string(),
    }),
  ),
});
export type TestRead = z.infer<typeof testRead>;

/** Result of `identify`: best first. */
export const identified = z.object({
  candidates: z.array(
    z.object({
      model: z.string(),
      /** Everything the model says agrees with what was read. */
      fits: z.boolean(),
      /** 0 to 1. */
      score: z.number(),
      /** For the device's `connection` block, with `wordOrder` where it differs from the model; how addresses are counted belongs to the model: see the evidence. */
      connection: z.record(z.string(), z.unknown()),
      /** A few decoded values that let a person judge; register order, and what speaks against the model. */
      evidence: z.array(z.string()),
    }),
  ),
});
export type Identified = z.infer<typeof identified>;

/** What CONFIGURATION says. */
export const configurationState = z.object({
  /** 0: the gateway's own file, no other was ever given. */
  version: z.int().min(0),
  /** The last one that was given and did not stay, if it is newer than `version`. */
  rolledBack: z.object({ version: z.int(), reason: z.string() }).nullable(),
  /** A new configuration runs on trial until the node has reached its host with it. */
  trial: z.boolean(),
});
export type ConfigurationState = z.infer<typeof configurationState>;
