// The `connection:` block of an MQTT device.
import { z } from 'zod';

export const mqttConnection = z.strictObject({
  url: z.url({ protocol: /^(mqtt|mqtts|ws|wss)$/, error: 'mqtt://host:port, mqtts://, ws:// or wss://' }),
  baseTopic: z.string().regex(/^[^+#\0]+(?<!\/)$/, 'a topic without + and #, not ending in /'),
  username: z.string().min(1).optional(),
  password: z.string().meta({ writeOnly: true }).optional(),
  /** PEM of the authority that signed the broker's certificate, for mqtts:// and wss://. Default: the system's. */
  caFile: z.string().min(1).optional(),
});
export type MqttConnection = z.infer<typeof mqttConnection>;

/** The address without a login written into it: it goes to births, logs and screens. */
export function withoutLogin(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
