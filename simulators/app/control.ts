// The control endpoint of the simulators, on loopback: what there is, and faults and scenarios by name.
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { listen } from '../protocols/listen.ts';
import type { Direction, Outcome } from './direction.ts';

/** What `GET /` answers. */
export const controlState = z.object({
  pid: z.int(),
  equipment: z.array(
    z.object({
      id: z.string(),
      class: z.string(),
      faults: z.record(z.string(), z.string()),
      active: z.array(z.string()),
    }),
  ),
  scenarios: z.array(
    z.object({
      name: z.string(),
      label: z.object({ zh: z.string(), en: z.string() }),
      runningS: z.number().nullable(),
    }),
  ),
});

export interface Control {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * `GET /` the state; `POST /faults/EQUIPMENT/FAULT`; `DELETE /faults/EQUIPMENT|all`; `POST /scenarios/NAME`.
 * Answers `{done}` or, with 404, `{reason}`.
 */
export async function startControl(direction: Direction, now: () => number): Promise<Control> {
  const server = createServer((request, response) => {
    const answer = respond(request, direction, now);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  const port = await listen(server);
  return {
    port,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function respond(request: IncomingMessage, direction: Direction, now: () => number): Answer {
  // A web page in a browser on this machine must not play with the plant: it always sends its origin or, with a
  // rebound name, another host.
  const host = request.headers.host ?? '';
  if (request.headers.origin !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host))
    return { status: 403, body: { reason: 'only for programs on this machine' } };
  const parts = partsOf(request.url ?? '/');
  if (parts === null) return { status: 400, body: { reason: 'the address is not well formed' } };
  const [kind, first, second] = parts;
  if (request.method === 'GET' && kind === undefined) return { status: 200, body: state(direction) };
  if (request.method === 'POST' && kind === 'faults' && first !== undefined && second !== undefined)
    return told(direction.inject(first, second));
  if (request.method === 'DELETE' && kind === 'faults' && first !== undefined) return told(direction.clear(first));
  if (request.method === 'POST' && kind === 'scenarios' && first !== undefined)
    return told(direction.run(first, now()));
  return { status: 404, body: { reason: `nothing at ${request.method} ${request.url}` } };
}

function partsOf(url: string): string[] | null {
  try {
    return url
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}

const told = (outcome: Outcome): Answer =>
  outcome.ok ? { status: 200, body: { done: outcome.done } } : { status: 404, body: { reason: outcome.reason } };

const state = (direction: Direction): z.infer<typeof controlState> => ({
  pid: process.pid,
  equipment: direction.equipment().map((one) => ({ ...one, faults: { ...one.faults }, active: [...one.active] })),
  scenarios: direction
    .scenarios()
    .map(({ scenario, runningS }) => ({ name: scenario.name, label: scenario.label, runningS })),
});
