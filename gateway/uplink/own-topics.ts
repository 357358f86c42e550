// The topics of one edge node: what it hears and where it says its death.
import { sparkplugTopic, stateTopic, watermarkTopic } from './sparkplug/topics.ts';

export interface OwnTopics {
  readonly command: string;
  /** With a `+`, no name of a device. */
  readonly deviceCommands: string;
  readonly death: string;
  readonly state: string;
  readonly watermark: string;
}

export const ownTopics = (group: string, node: string, hostId: string): OwnTopics => ({
  command: sparkplugTopic({ group, type: 'NCMD', node }),
  deviceCommands: `${sparkplugTopic({ group, type: 'DCMD', node })}/+`,
  death: sparkplugTopic({ group, type: 'NDEATH', node }),
  state: stateTopic(hostId),
  watermark: watermarkTopic(group, node),
});

/** The watermark first: its retained message tells where the backlog begins before the host is seen online. */
export const subscriptionsOf = (topics: OwnTopics, commands: boolean): string[] => [
  topics.watermark,
  topics.command,
  topics.state,
  ...(commands ? [topics.deviceCommands] : []),
];
