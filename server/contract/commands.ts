// Remote commands: asked for by one person, for some points approved by another, executed by the gateway at most once.
import { z } from 'zod';
import { isoTime, listOf, page, reasonText } from './shared.ts';

/**
 * requested: waits for a second person. sent: on its way, the outcome will come. confirmed: read back from the equipment.
 * failed: certainly not in effect. unknown: somebody has to look at the equipment. expired, refused: never written.
 */
export const COMMAND_STATES = ['requested', 'sent', 'confirmed', 'failed', 'unknown', 'expired', 'refused'] as const;
export const commandState = z.enum(COMMAND_STATES);
export type CommandState = z.infer<typeof commandState>;

export const newCommand = z.object({
  equipmentId: z.string().min(1).max(200),
  point: z.string().min(1).max(200),
  /** In the point's unit; states as 0 and 1. */
  value: z.number(),
  reason: reasonText(),
  /** What the person saw; refused with 409 when it is something else by now. */
  expectedCurrent: z.number().optional(),
  /** The same id again from the same person is the same command, not a second one. */
  requestId: z.string().min(8).max(64).optional(),
});

export const command = z.object({
  id: z.string(),
  equipmentId: z.string(),
  point: z.string(),
  value: z.number(),
  valueBefore: z.number().nullable(),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: isoTime,
  twoPersons: z.boolean(),
  approvedBy: z.string().nullable(),
  sentAt: isoTime.nullable(),
  expiresAt: isoTime.nullable(),
  state: commandState,
  /** Why it ended so, as a stable word: `interlock`, `no-effect`, `rate`. */
  outcomeCode: z.string().nullable(),
  /** The same in words, with figures. */
  outcome: z.string().nullable(),
  /** What the equipment showed. */
  readBack: z.number().nullable(),
  endedAt: isoTime.nullable(),
});
export type Command = z.infer<typeof command>;
export const commandList = listOf(command);
export const commandQuery = page.extend({ equipmentId: z.string().min(1).max(200).optional() });
