// Writes an answer as JSON after its schema has looked at it: fields that the contract does not name never leave the
// server, and an answer that does not fit is our fault, not the client's.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

export class AnswerMismatchError extends Error {
  constructor(method: string, url: string, error: z.ZodError) {
    super(`the answer of ${method} ${url} does not fit its schema:\n${z.prettifyError(error)}`);
    this.name = 'AnswerMismatchError';
  }
}

type Compiler = Parameters<FastifyInstance['setSerializerCompiler']>[0];

/** Routes are registered with zod schemas only (api-routes.ts). */
export const serializerCompiler: Compiler =
  ({ schema, method, url }) =>
  (data) => {
    const result = (schema as z.ZodType).safeParse(data);
    if (!result.success) throw new AnswerMismatchError(method, url, result.error);
    return JSON.stringify(result.data);
  };
