// Outward connections: what other systems are told of alarms, and how the webhooks that carry it are kept.
import { z } from 'zod';
import { alarm, JOURNAL_EVENTS } from './alarms.ts';
import { isoTime, priority } from './shared.ts';

/** Body of a webhook and of `louwei/alarm-events/v1/...`: one transition of one alarm. New fields may come, none goes within a version. */
export const outwardEvent = z.object({
  version: z.literal(1),
  /** Sequence of the alarm journal, strictly growing; the same number is the same event. 0 for a test. */
  seq: z.int(),
  event: z.enum([...JOURNAL_EVENTS, 'TEST']),
  /** Person's username, `system`, or a rule. */
  actor: z.string(),
  sourceTime: isoTime,
  serverTime: isoTime,
  /** Comment, reason, work-order number, old and new priority. */
  note: z.string().nullable(),
  equipmentClass: z.string().nullable(),
  /** The alarm right after the transition; null for entries without an occurrence. */
  alarm: alarm.nullable(),
});
export type OutwardEvent = z.infer<typeof outwardEvent>;

/** An empty list means all. */
export const webhookFilter = z.object({
  priorities: z.array(priority).max(4).default([]),
  sites: z.array(z.string().max(120)).max(200).default([]),
  classes: z.array(z.string().max(64)).max(200).default([]),
  events: z.array(z.enum(JOURNAL_EVENTS)).max(30).default([]),
});
export type WebhookFilter = z.infer<typeof webhookFilter>;

const url = z.url({ protocol: /^https?$/ }).max(2000);
const secret = z.string().min(16, 'at least 16 characters').max(200);

export const newWebhook = z.object({
  url,
  /** Signs each delivery; made by the server when absent, and shown only in this answer. */
  secret: secret.optional(),
  enabled: z.boolean().default(true),
  filter: webhookFilter.default({ priorities: [], sites: [], classes: [], events: [] }),
});
export const webhookChange = z.object({
  url: url.optional(),
  secret: secret.optional(),
  enabled: z.boolean().optional(),
  filter: webhookFilter.optional(),
});

export const webhook = z.object({
  id: z.string(),
  url: z.string(),
  enabled: z.boolean(),
  filter: webhookFilter,
  createdBy: z.string(),
  createdAt: isoTime,
  deliveredSeq: z.int().nullable(),
  deliveredAt: isoTime.nullable(),
  /** Not delivered yet; tried again. */
  waiting: z.int(),
  /** Given up; kept for 30 days. */
  failed: z.int(),
  /** null when the last delivery went well. */
  lastError: z.string().nullable(),
  lastErrorAt: isoTime.nullable(),
});
export type Webhook = z.infer<typeof webhook>;
export const webhookCreated = webhook.extend({ secret: z.string() });
export const webhookList = z.object({ items: z.array(webhook) });
export const webhookTest = z.object({ ok: z.boolean(), detail: z.string() });

export const outwardState = z.object({
  id: z.enum(['opcua', 'mqtt', 'webhook']),
  state: z.enum(['off', 'starting', 'ready', 'failed']),
  /** Endpoint of the OPC UA server, address of the broker. */
  address: z.string().nullable(),
  /** Why it failed, or what is amiss. */
  detail: z.string().nullable(),
});
export type OutwardState = z.infer<typeof outwardState>;
export const outwardStates = z.object({ items: z.array(outwardState) });
