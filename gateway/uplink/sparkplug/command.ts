// A command on the wire, both ways. Down: DCMD with the point as a metric, its identity and times as metric properties.
// Up: the outcome as JSON in the String metric `commandOutcome` of the device, through the outbox like every reading.
import { z } from 'zod';
import { decodePayload } from './decode.ts';
import type { Metric } from './payload.ts';
import { encodePayload } from './payload.ts';

/** What makes a metric a command. A metric without it is ignored: its age and its repetition could not be told. */
export interface CommandMark {
  readonly id: string;
  /** Unix ms by the server's clock. */
  readonly issuedAtMs: number;
  /** Not to be executed at or after it. */
  readonly expiresAtMs: number;
}

export interface WireCommand extends CommandMark {
  readonly point: string;
  /** In the point's unit; states as 0 and 1. */
  readonly value: number;
}

export const encodeCommand = ({ point, value, ...command }: WireCommand): Buffer =>
  encodePayload({
    timestampMs: command.issuedAtMs,
    metrics: [{ name: point, type: 'Double', value, timestampMs: command.issuedAtMs, quality: 'good', command }],
  });

/** @returns the commands of a DCMD. @throws Error when the bytes are no Sparkplug payload. */
export const decodeCommands = (bytes: Uint8Array): WireCommand[] => decodePayload(bytes).metrics.flatMap(commandOf);

function commandOf({ name, value, command }: Metric): WireCommand[] {
  if (command === undefined || name === undefined || (typeof value !== 'number' && typeof value !== 'boolean'))
    return [];
  return [{ ...command, point: name, value: Number(value) }];
}

export const OUTCOME_STATES = ['confirmed', 'failed', 'unknown', 'refused', 'expired'] as const;

const wireOutcome = z.object({
  id: z.string().min(1).max(64),
  state: z.enum(OUTCOME_STATES),
  /** Stable word for programs and translations. */
  code: z.string().max(40),
  /** In words, for people. */
  reason: z.string().max(1000),
  /** Value of the read-back point that decided. */
  readBack: z.number().optional(),
});
export type WireOutcome = z.infer<typeof wireOutcome>;

export const outcomeText = (outcome: WireOutcome): string => JSON.stringify(outcome);

/** @returns undefined for anything that is not an outcome. */
export function parseOutcome(text: string): WireOutcome | undefined {
  try {
    return wireOutcome.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
