// Writes an answer as JSON after its schema has looked at it: fields that the contract does not name never leave the
// server, and an answer that does not fit is our fault, not the client's.
import type { FastifySerializerCompiler } from 'fastify/types/schema.js';
import { z } from 'zod';

export class AnswerMismatchError extends Error {
  constructor(method: string, url: string, error: z.ZodError) {
    super(`the answer of ${method} ${url} does not fit its schema:\n${z.prettifyError(error)}`);
    this.name = 'AnswerMismatchError';
  }
}

export const serializerCompiler: FastifySerializerCompiler<z.ZodType> =
  ({ schema, method, url }) =>
  (data) => {
    const result = schema.safeParse(data);
    if (!result.success) throw new AnswerMismatchError(method, url, result.error);
    return JSON.stringify(result.data);
  };
