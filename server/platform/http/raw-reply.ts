// Answers on a bare connection: before HTTP was understood, or instead of an upgrade.
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ProblemDocument } from '../../contract/problem.ts';
import { problemDocument } from './problems.ts';

/** Sends the problem and closes. */
export function refuseConnection(socket: Duplex, problem: ProblemDocument): void {
  if (socket.destroyed || !socket.writable) return void socket.destroy();
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** What Node's HTTP parser could not accept. */
export function parserProblem(code: string): ProblemDocument {
  if (code === 'HPE_HEADER_OVERFLOW') return problemDocument(431, 'too-large', 'the headers are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return problemDocument(408, 'invalid-request', 'the request did not arrive in time');
  }
  return problemDocument(400, 'invalid-request', 'this is not a valid HTTP request');
}
