// What a gateway says when it does not do a request, as a problem document; and who cannot be asked at all.
import type { Answer } from '@louwei/gateway/sparkplug';
import type { EquipmentDirectory, GatewayRecord } from '../assets/directory.ts';
import { ProblemError } from '../platform/http/route.ts';

type Refusal = Extract<Answer, { ok: false }>;

const STATUS: Readonly<Record<string, readonly [number, string]>> = {
  'read-only': [409, 'gateway-read-only'],
  'not-signed': [409, 'gateway-refused'],
  // Its clock, or a queue on the way.
  expired: [504, 'gateway-silent'],
  invalid: [422, 'invalid-configuration'],
  'stale-version': [409, 'conflict'],
  unreachable: [502, 'device-unreachable'],
  busy: [503, 'unavailable'],
};

export function problemOf({ code, detail, problems }: Refusal): ProblemError {
  const [status, known] = STATUS[code] ?? [502, 'gateway-failed'];
  const errors = problems.map(({ path, message }) => ({ field: path, expected: message }));
  return new ProblemError(
    status,
    known,
    detail,
    code === 'busy' ? 5 : undefined,
    errors.length > 0 ? errors : undefined,
  );
}

/** @throws ProblemError 404. */
export function knownGateway(directory: Pick<EquipmentDirectory, 'gateway'>, id: string): GatewayRecord {
  const gateway = directory.gateway(id);
  if (gateway === undefined) throw new ProblemError(404, 'not-found', `there is no gateway ${id}`);
  return gateway;
}

/** @throws ProblemError 404 or 504. */
export function presentGateway(directory: Pick<EquipmentDirectory, 'gateway'>, id: string): GatewayRecord {
  const gateway = knownGateway(directory, id);
  if (!gateway.online)
    throw new ProblemError(
      504,
      'gateway-offline',
      `${id} is offline since ${new Date(gateway.sinceMs).toISOString()}; it cannot be asked until it is back`,
    );
  return gateway;
}
