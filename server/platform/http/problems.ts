// Turns whatever went wrong into an RFC 9457 problem document. What we do not know becomes `internal` without a word of
// its inside (IEC 62443-4-2 CR 3.7).
import { STATUS_CODES } from 'node:http';
import { PROBLEM_CODES, type ProblemCode, type ProblemDocument } from '../../contract/problem.ts';
import { ProblemError } from './route.ts';

export interface ProblemReply {
  readonly document: ProblemDocument;
  readonly retryAfterS?: number;
  /** True when it is our fault and has to be logged. */
  readonly unexpected: boolean;
}

interface ValidationIssue {
  readonly instancePath: string;
  readonly message?: string;
}

export function problemDocument(
  status: number,
  code: ProblemCode,
  detail?: string,
  errors?: ProblemDocument['errors'],
): ProblemDocument {
  return {
    type: `urn:louwei:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}

/** Codes of Fastify's own refusals. */
const FRAMEWORK: Readonly<Record<string, readonly [number, ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'too-large', 'the body is larger than 1 MB'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported-media-type', 'send Content-Type: application/json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'invalid-request', 'the body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: [400, 'invalid-request', 'the address is not a valid URL path'],
  FST_ERR_MAX_PARAM_LENGTH: [400, 'invalid-request', 'a part of the address is too long'],
  FST_ERR_HANDLER_TIMEOUT: [503, 'unavailable', 'the answer took too long'],
};

/** Node's and PostgreSQL's ways to say that the database is not there (class 08, 57P, 53300 too many connections). */
const UNAVAILABLE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|08\w{3}|57P0[1-5]|53300)$/;
const POOL_TIMEOUT = /^(timeout exceeded when trying to connect|Connection terminated)/;

export function problemOf(error: unknown): ProblemReply {
  if (error instanceof ProblemError) return fromProblemError(error);
  const issues = validationOf(error);
  if (issues !== null) {
    return { document: problemDocument(400, 'invalid-request', 'fields that do not fit', issues), unexpected: false };
  }
  const code = textOf(error, 'code');
  const known = FRAMEWORK[code];
  if (known !== undefined) return { document: problemDocument(...known), unexpected: false };
  if (UNAVAILABLE.test(code) || POOL_TIMEOUT.test(textOf(error, 'message'))) {
    return {
      document: problemDocument(503, 'unavailable', 'the database is not available at the moment'),
      retryAfterS: 5,
      unexpected: true,
    };
  }
  if (statusOf(error) === 403) {
    return { document: problemDocument(403, 'forbidden', 'this path is not served'), unexpected: false };
  }
  if (statusOf(error) === 404) {
    return { document: problemDocument(404, 'not-found', 'there is nothing at this address'), unexpected: false };
  }
  return {
    document: problemDocument(500, 'internal', 'an error inside the server; it is in the log'),
    unexpected: true,
  };
}

function fromProblemError(error: ProblemError): ProblemReply {
  const code = PROBLEM_CODES.find((known) => known === error.code);
  if (code === undefined) return { document: problemDocument(500, 'internal'), unexpected: true };
  return {
    document: problemDocument(error.status, code, error.message, error.errors),
    ...(error.retryAfterS === undefined ? {} : { retryAfterS: error.retryAfterS }),
    unexpected: error.status >= 500 && code === 'internal',
  };
}

function validationOf(error: unknown): ProblemDocument['errors'] | null {
  if (!isRecord(error) || !Array.isArray(error['validation'])) return null;
  const where = textOf(error, 'validationContext');
  return (error['validation'] as ValidationIssue[]).map((issue) => {
    const path = issue.instancePath.split('/').filter(Boolean).join('.');
    return {
      field: path === '' ? `(${where === 'querystring' ? 'query' : where})` : path,
      expected: (issue.message ?? 'another value').replace(/^Invalid input: (expected )?/, ''),
    };
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const textOf = (error: unknown, field: string): string =>
  isRecord(error) && typeof error[field] === 'string' ? error[field] : '';
const statusOf = (error: unknown): number =>
  isRecord(error) && typeof error['statusCode'] === 'number' ? error['statusCode'] : 500;
