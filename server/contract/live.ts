// The live socket `GET /api/v1/live[?resume=INSTANCE.SEQ]`.
//
// The server sends `hello`, then either the deltas missed since SEQ (same instance, still remembered) or a `snapshot`.
// `snapshot` and `delta` carry a strictly growing `seq`; a gap means: reconnect. Values are conflated and have no seq:
// a client watches equipment and gets the present values at once, then changes. A `heartbeat` comes every 5 s;
// two missing ones mean the screen is frozen.
import { z } from 'zod';
import { alarmFlood } from './alarm-health.ts';
import { alarm } from './alarms.ts';
import { command } from './commands.ts';
import { equipmentSummary, gateway } from './equipment.ts';
import { workOrder } from './work-orders.ts';

export const HEARTBEAT_S = 5;

/** equipment id, point, value, quality (`good` or reason), gateway time in Unix ms */
export const liveValue = z.tuple([
  z.string(),
  z.string(),
  z.union([z.number(), z.string(), z.null()]),
  z.string(),
  z.number(),
]);
export type LiveValue = z.infer<typeof liveValue>;

const changes = {
  gateways: z.array(gateway).optional(),
  equipment: z.array(equipmentSummary).optional(),
  /** Open occurrences; one that is closed comes a last time with state NORM. */
  alarms: z.array(alarm).optional(),
  workOrders: z.array(workOrder).optional(),
  /** Floods that last; one that is over comes a last time with its end. */
  floods: z.array(alarmFlood).optional(),
  /** Only in deltas: a screen asks for the commands of its equipment, and again after a snapshot. */
  commands: z.array(command).optional(),
};

export const liveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), instance: z.string(), serverTimeMs: z.number() }),
  z.object({
    type: z.literal('snapshot'),
    seq: z.int(),
    gateways: z.array(gateway),
    equipment: z.array(equipmentSummary),
    alarms: z.array(alarm),
    workOrders: z.array(workOrder),
    floods: z.array(alarmFlood),
  }),
  z.object({ type: z.literal('delta'), seq: z.int(), ...changes }),
  z.object({ type: z.literal('values'), values: z.array(liveValue) }),
  z.object({
    type: z.literal('heartbeat'),
    seq: z.int(),
    serverTimeMs: z.number(),
    /** Age of the newest committed reading; null before the first. */
    dataAgeMs: z.number().nullable(),
  }),
]);
export type LiveMessage = z.infer<typeof liveMessage>;

/** `equipment: ['*']` with `points: 'faceplate'` is the overview; a page watches its own equipment with `points: 'all'`. Replaces the former watch. */
export const liveRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('watch'),
    equipment: z.array(z.string().max(200)).max(500),
    points: z.enum(['faceplate', 'all']),
  }),
]);
export type LiveRequest = z.infer<typeof liveRequest>;
