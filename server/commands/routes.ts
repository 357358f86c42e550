// Commands over HTTP: issue, approve, list.
import { z } from 'zod';
import { command, commandList, commandQuery, newCommand } from '../contract/commands.ts';
import type { Db } from '../migrations/tables.ts';
import { type AnyRoute, route } from '../platform/http/route.ts';
import type { Commands } from './commands.ts';
import { listCommands } from './store.ts';

const path = '/api/v1/commands';
const tag = 'commands';

export function commandRoutes(db: Db, commands: Pick<Commands, 'issue' | 'approve'>): AnyRoute[] {
  return [
    route({
      method: 'GET',
      path,
      permission: 'equipment:read',
      summary: 'Remote commands, newest first, of one piece of equipment or of all',
      tag,
      query: commandQuery,
      answer: commandList,
      handle: async ({ query }) => ({ body: await listCommands(db, query) }),
    }),
    route({
      method: 'POST',
      path,
      permission: 'command:issue',
      summary: 'Command a point; it is sent at once, or waits for a second person where its model demands it',
      tag,
      body: newCommand,
      answer: command,
      handle: async ({ body, caller, ip }) => ({
        status: 202,
        body: await commands.issue(body, { username: caller.username, ip }),
      }),
    }),
    route({
      method: 'POST',
      path: `${path}/:id/approve`,
      permission: 'command:issue',
      summary: 'Approve a command of another person; it is sent at once',
      tag,
      params: z.object({ id: z.string().min(1).max(64) }),
      body: z.object({}),
      answer: command,
      handle: async ({ params, caller, ip }) => ({
        status: 202,
        body: await commands.approve(params.id, { username: caller.username, ip }),
      }),
    }),
  ];
}
