// Commissioning of a gateway's devices from a distance: what it is told, what it answers, and what became of it.
import { z } from 'zod';
import { pointDescription } from './equipment.ts';
import { bilingualText, isoTime, reasonText } from './shared.ts';

/** An entry of `devices:` as it stands in the gateway's file; only the gateway knows whether it is right. */
export const deviceEntry = z.record(z.string(), z.unknown());
export type DeviceEntry = z.infer<typeof deviceEntry>;
const devices = z.array(deviceEntry).max(5_000);

export const signingKey = z.object({
  algorithm: z.literal('Ed25519'),
  /** Base64 of SPKI DER (RFC 8410): `management.publicKey` of a gateway's file. */
  publicKey: z.string(),
});

/** What the gateway itself says now. Secrets are `********` and stay what they are when they come back so. */
export const gatewayDescription = z.object({
  configurationVersion: z.int(),
  devices: z.array(deviceEntry),
  drivers: z.array(
    z.object({
      protocol: z.string(),
      /** JSON Schema (2020-12) of a device's `connection` block. */
      connectionSchema: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type GatewayDescription = z.infer<typeof gatewayDescription>;

export const newTestRead = z.object({ device: deviceEntry });
export const testRead = z.object({
  /** The device answered. */
  online: z.boolean(),
  /** Why not, in words. */
  reason: z.string().nullable(),
  durationMs: z.number(),
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

export const newIdentification = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65_535).default(502),
  unit: z.int().min(0).max(255).default(1),
});
/** Modbus TCP; best first. */
export const identification = z.object({
  candidates: z.array(
    z.object({
      model: z.string(),
      fits: z.boolean(),
      score: z.number(),
      /** Fields of the `connection` block that were found out. */
      connection: z.record(z.string(), z.unknown()),
      evidence: z.array(z.string()),
    }),
  ),
});
export type Identification = z.infer<typeof identification>;

/**
 * sent: the gateway has not said yet that it runs it. trial: it runs, and is taken back unless the gateway reaches the
 * server with it. in-force; rolled-back: it was taken back; refused: the gateway found it wrong and never ran it.
 */
export const CONFIGURATION_STATES = ['sent', 'trial', 'in-force', 'rolled-back', 'refused'] as const;
export const configurationStateName = z.enum(CONFIGURATION_STATES);
export type ConfigurationStateName = z.infer<typeof configurationStateName>;

export const configurationVersion = z.object({
  version: z.int(),
  state: configurationStateName,
  /** Why it is so, in words; null when there is nothing to say. */
  detail: z.string().nullable(),
  author: z.string(),
  reason: z.string(),
  createdAt: isoTime,
  stateAt: isoTime,
  deviceCount: z.int(),
});
export type ConfigurationVersion = z.infer<typeof configurationVersion>;

export const gatewayConfiguration = z.object({
  /** Base of the next change: the highest version ever given; 0: the gateway still runs its own file. */
  latestVersion: z.int(),
  /** The version the gateway has to run, with its devices; null: its own file. */
  desired: z.object({ version: z.int(), devices: z.array(deviceEntry) }).nullable(),
  /** What the gateway said last; null: it has never said anything, so it takes no configuration from here. */
  reported: z
    .object({
      version: z.int(),
      trial: z.boolean(),
      rolledBack: z.object({ version: z.int(), reason: z.string() }).nullable(),
      at: isoTime,
    })
    .nullable(),
  /** Newest first, the last 100. */
  history: z.array(configurationVersion),
});
export type GatewayConfiguration = z.infer<typeof gatewayConfiguration>;

const reason = reasonText();
export const newConfiguration = z.object({
  /** `latestVersion` of the configuration on which this change is based; 409 when there is a newer one. */
  baseVersion: z.int().min(0),
  devices,
  reason,
});
export const restoredConfiguration = z.object({ baseVersion: z.int().min(0), reason });

/** A model of the device library, to choose from. */
export const modelSummary = z.object({
  model: z.string(),
  label: bilingualText,
  class: z.string(),
  classLabel: bilingualText,
  group: z.string(),
  protocol: z.string(),
  proof: z.string(),
  /** Points whose value lies in more than one register, so that the order of words and bytes matters. */
  multiRegisterPoints: z.array(z.string()),
  /** Order of bytes the model states; null for other protocols than Modbus. */
  wordOrder: z.string().nullable(),
});
export type ModelSummary = z.infer<typeof modelSummary>;
export const modelList = z.object({ items: z.array(modelSummary) });

/** What the values of a test read mean. */
export const modelPoints = z.object({
  points: z.array(
    pointDescription.pick({
      point: true,
      label: true,
      kind: true,
      unit: true,
      range: true,
      decimals: true,
      values: true,
    }),
  ),
});
export type ModelPoints = z.infer<typeof modelPoints>;
