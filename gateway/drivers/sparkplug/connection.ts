// The `connection:` block of a Sparkplug device: the broker it speaks to, and its names there.
import { z } from 'zod';
import { brokerAddress } from '../broker-address.ts';

const FORM = 'a name as on the broker, without / + #';
const name = z.string(FORM).regex(/^[^/+#\p{Cc}]{1,200}$/u, FORM);
const { url, ...login } = brokerAddress;

export const sparkplugConnection = z.strictObject({
  url,
  group: name,
  edgeNode: name,
  /** Absent: the metrics of the edge node itself. */
  device: name.optional(),
  /**
   * The gateway is then a Sparkplug Host Application of this name on the broker and says by STATE whether it is there
   * (Sparkplug B 3.0, 5.4); edge nodes that wait for their primary host begin to send. Absent: it only listens.
   */
  hostId: name.optional(),
  ...login,
});
export type SparkplugConnection = z.infer<typeof sparkplugConnection>;
