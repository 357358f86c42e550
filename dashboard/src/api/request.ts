// Requests to the server. Errors come as RFC 9457 problem documents with a stable code; a request that got no answer
// at all is the code `network`.
import type { ProblemCode, ProblemDocument } from '@louwei/server/contract';

export type FailureCode = ProblemCode | 'network';

type FieldFault = NonNullable<ProblemDocument['errors']>[number];

export class RequestFailure extends Error {
  readonly code: FailureCode;
  readonly detail: string;
  readonly faults: readonly FieldFault[];
  constructor(code: FailureCode, detail: string, faults: readonly FieldFault[] = []) {
    super(detail === '' ? code : `${code}: ${detail}`);
    this.name = 'RequestFailure';
    this.code = code;
    this.detail = detail;
    this.faults = faults;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const isProblem = (body: unknown): body is ProblemDocument =>
  typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';

const failureOf = async (response: Response): Promise<RequestFailure> => {
  const body: unknown = await response.json().catch(() => null);
  if (!isProblem(body)) return new RequestFailure(response.status === 401 ? 'not-signed-in' : 'internal', '');
  const fields = (body.errors ?? []).map(({ field, expected }) => `${field}: ${expected}`).join('; ');
  const detail = [body.detail ?? '', fields].filter((part) => part !== '').join(' ');
  return new RequestFailure(body.code, detail, body.errors ?? []);
};

/** The answer is trusted: same origin, same release, checked against the contract by the server. */
export const request = async <T>(method: Method, path: string, body?: object): Promise<T> => {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new RequestFailure('network', '');
  });
  if (!response.ok) throw await failureOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
};

export const failureCode = (error: unknown): FailureCode => (error instanceof RequestFailure ? error.code : 'internal');
export const failureDetail = (error: unknown): string => (error instanceof RequestFailure ? error.detail : '');

export const failureFaults = (error: unknown): readonly FieldFault[] =>
  error instanceof RequestFailure ? error.faults : [];

export const pathOf = (...parts: readonly string[]): string => `/api/v1/${parts.map(encodeURIComponent).join('/')}`;

export interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
