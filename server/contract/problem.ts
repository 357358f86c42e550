// Errors of the API: RFC 9457 problem documents with a stable, machine-readable `code`.
import { z } from 'zod';

export const PROBLEM_CODES = [
  'invalid-request', // 400: body, query or path does not fit the schema; `errors` says where
  'not-signed-in', // 401
  'wrong-credentials', // 401
  'forbidden', // 403: signed in, but the role lacks the permission
  'wrong-origin', // 403: a write from another site
  'not-found', // 404
  'conflict', // 409: the thing moved on; `detail` says what it is now
  'invalid-transition', // 409: this step is not possible from the present state
  'alarm-active', // 409: an alarm of this order still has its condition; complete again with `confirmActive: true`
  'second-person', // 409: completed although its alarm was active; somebody else has to verify it
  'too-large', // 413
  'unsupported-media-type', // 415: only application/json
  'too-many-requests', // 429
  'internal', // 500
  'unavailable', // 503: database or broker is not there yet
  'gateway-offline', // 504: nobody could be asked
  'gateway-silent', // 504: online, but without an answer in time
  'gateway-read-only', // 409: its own file does not let it be configured from a distance
  'gateway-refused', // 409: it did not accept the signature
  'gateway-failed', // 502: it tried and could not
  'device-unreachable', // 502: the device did not answer the gateway
  'invalid-configuration', // 422: the gateway found faults; `errors` says where
] as const;

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(PROBLEM_CODES),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), expected: z.string() })).optional(),
});
export type ProblemDocument = z.infer<typeof problem>;
export type ProblemCode = (typeof PROBLEM_CODES)[number];
