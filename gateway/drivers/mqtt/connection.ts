// The `connection:` block of an MQTT device.
import { z } from 'zod';
import { brokerAddress } from '../broker-address.ts';

const { url, ...login } = brokerAddress;

export const mqttConnection = z.strictObject({
  url,
  baseTopic: z.string().regex(/^[^+#\0]+(?<!\/)$/, 'a topic without + and #, not ending in /'),
  ...login,
});
export type MqttConnection = z.infer<typeof mqttConnection>;
