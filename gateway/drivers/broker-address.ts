// How a field broker is reached: the part of a `connection:` block that every protocol over MQTT shares.
import { z } from 'zod';

export const brokerAddress = {
  url: z.url({ protocol: /^(mqtt|mqtts|ws|wss)$/, error: 'mqtt://host:port, mqtts://, ws:// or wss://' }),
  username: z.string().min(1).optional(),
  password: z.string().meta({ writeOnly: true }).optional(),
  /** PEM of the authority that signed the broker's certificate, for mqtts:// and wss://. Default: the system's. */
  caFile: z.string().min(1).optional(),
};

/** The address without a login written into it: it goes to births, logs and screens. */
export function withoutLogin(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
