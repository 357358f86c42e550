// The `connection:` block of an OPC UA device.
import { z } from 'zod';

/** Deprecated policies (Basic128Rsa15, Basic256) are not offered (OPC 10000-7, security profiles). */
export const opcuaConnection = z.strictObject({
  endpoint: z.string().regex(/^opc\.tcp:\/\/[^/\s]+/, 'opc.tcp://host:port/path'),
  /** Replaces `{prefix}` in the node ids of the model. */
  prefix: z.string().default(''),
  /** `None` sends values and passwords in the clear and trusts any server; only for a closed test network. */
  securityMode: z.enum(['None', 'SignAndEncrypt']).default('SignAndEncrypt'),
  securityPolicy: z.enum(['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']).default('Basic256Sha256'),
  username: z.string().min(1).optional(),
  password: z.string().meta({ writeOnly: true }).optional(),
});
export type OpcuaConnection = z.infer<typeof opcuaConnection>;

/** The server that devices share, in words. */
export const whereOf = (endpoint: string): string => `opc ua ${endpoint}`;
