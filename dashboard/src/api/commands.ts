// Remote commands of one piece of equipment.
import type { commands } from '@louwei/server/contract';
import { type List, pathOf, request } from './request.ts';

export const fetchCommands = (equipmentId: string): Promise<List<commands.Command>> =>
  request('GET', `${pathOf('commands')}?${new URLSearchParams({ equipmentId, limit: '20' })}`);

export interface NewCommand {
  readonly equipmentId: string;
  readonly point: string;
  readonly value: number;
  readonly reason: string;
  /** What the person saw. */
  readonly expectedCurrent?: number;
  readonly requestId: string;
}
export const issueCommand = (command: NewCommand): Promise<commands.Command> =>
  request('POST', pathOf('commands'), command);
export const approveCommand = (id: string): Promise<commands.Command> =>
  request('POST', pathOf('commands', id, 'approve'), {});
