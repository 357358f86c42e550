// The ways out. A new one is a folder and a line here.
import { createMqttChannel } from './mqtt/channel.ts';
import { createOpcuaChannel } from './opcua/channel.ts';
import type { OutwardChannel } from './port.ts';
import { createWebhookChannel } from './webhook/channel.ts';

export const createChannels = (): OutwardChannel[] => [
  createWebhookChannel(),
  createOpcuaChannel(),
  createMqttChannel(),
];
