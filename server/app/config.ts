// The server's settings, all from the environment. Every fault is reported at once: name, what was found, what is expected.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError, type Problem } from '@louwei/device-profiles';
import { z } from 'zod';
import { isDate, isTimeZone } from '../alarms/core/rules/local-time.ts';
import type { OutwardConfig } from '../outward/port.ts';

const port = z.coerce
  .number('a TCP port 0-65535')
  .int('a TCP port 0-65535')
  .min(0, 'a TCP port 0-65535')
  .max(65_535, 'a TCP port 0-65535');
const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const environment = z.object({
  LOUWEI_HTTP_PORT: port.default(8080),
  LOUWEI_HTTP_HOST: z.string().default('0.0.0.0'),
  LOUWEI_MQTT_PORT: port.default(1883),
  LOUWEI_MQTT_HOST: z.string().default('0.0.0.0'),
  LOUWEI_DATA_DIR: z.string().min(1, 'a folder').default('./data'),
  LOUWEI_ADMIN_PASSWORD: optionalText.refine((text) => text === undefined || text.length >= 8, 'at least 8 characters'),
  DATABASE_URL: optionalText.refine(
    (text) => text === undefined || /^postgres(ql)?:\/\//.test(text),
    'postgres://user:password@host:port/database',
  ),
  LOUWEI_MQTT_URL: optionalText.refine(
    (text) => text === undefined || /^(mqtts?|wss?):\/\/[^/]+/.test(text),
    'mqtt://user:password@host:port or mqtts://…',
  ),
  LOUWEI_TELEMETRY: z.enum(['postgres'], 'postgres').default('postgres'),
  LOUWEI_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'trace, debug, info, warn, error or fatal')
    .default('info'),
  LOUWEI_PROFILES: z
    .string()
    .default('')
    .transform(listed)
    .refine((folders) => folders.every(isFolder), 'folders that are there, with commas between them'),
  LOUWEI_RETENTION_DAYS: z.coerce
    .number('days, 1 or more')
    .int('days, 1 or more')
    .min(1, 'days, 1 or more')
    .default(400),
  /** Zone in which the schedules of alarms are written. */
  LOUWEI_TIME_ZONE: z
    .string()
    .default(() => new Intl.DateTimeFormat().resolvedOptions().timeZone)
    .refine(isTimeZone, 'an IANA time zone such as Asia/Shanghai'),
  LOUWEI_HOLIDAYS: z
    .string()
    .default('')
    .transform(listed)
    .refine((dates) => dates.every(isDate), 'dates such as 2027-01-01, with commas between them'),
  /** Sparkplug host id; gateways name it in their configuration. */
  LOUWEI_HOST_ID: z
    .string()
    .regex(/^[^/+#]{1,64}$/, '1-64 characters without / + #')
    .default('louwei'),
  /** Gateway that runs on this machine: its MQTT account is made on the first start. */
  LOUWEI_BUILTIN_GATEWAY: optionalText.refine(
    (text) => text === undefined || /^[^/+#]{1,64}$/.test(text),
    '1-64 characters without / + #',
  ),
  /** OPC UA server with Alarms & Conditions; absent: off. */
  LOUWEI_OPCUA_PORT: z.preprocess((text) => (text === '' ? undefined : text), port.optional()),
  LOUWEI_OPCUA_HOST: z.string().default('0.0.0.0'),
  /** Messages in the clear are offered beside SignAndEncrypt. */
  LOUWEI_OPCUA_ALLOW_NONE: z.enum(['true', 'false'], 'true or false').default('false'),
  /** Alarms are published on the broker as `louwei/alarms/v1/...` and `louwei/alarm-events/v1/...`. */
  LOUWEI_MQTT_ALARMS: z.enum(['true', 'false'], 'true or false').default('false'),
  /** Account of the embedded broker that may only hear of alarms; made on the first start. */
  LOUWEI_MQTT_READER: optionalText.refine(
    (text) => text === undefined || /^[a-z0-9-]{1,32}$/.test(text),
    '1-32 of a-z 0-9 -',
  ),
  /** Webhooks may go to loopback, link-local and private addresses. */
  LOUWEI_WEBHOOK_PRIVATE: z.enum(['true', 'false'], 'true or false').default('false'),
  /** True when the server is reached through TLS: cookies become `__Host-` and Secure. */
  LOUWEI_TLS: z.enum(['true', 'false'], 'true or false').default('false'),
});

export interface Config {
  readonly httpPort: number;
  readonly httpHost: string;
  readonly mqttPort: number;
  readonly mqttHost: string;
  readonly dataDir: string;
  readonly adminPassword: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly mqttUrl: string | undefined;
  readonly logLevel: string;
  readonly profileFolders: readonly string[];
  readonly retentionDays: number;
  readonly timeZone: string;
  /** Local dates, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
  readonly hostId: string;
  readonly builtinGateway: string | undefined;
  readonly tls: boolean;
  readonly mqttReader: string | undefined;
  readonly outward: OutwardConfig;
}

const HIDDEN = /PASSWORD|URL/;

/** @throws ConfigurationError with one problem per wrong variable. Values of secrets are not repeated. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue): Problem => {
      const field = String(issue.path[0]);
      const found =
        env[field] === undefined ? 'nothing' : HIDDEN.test(field) ? '(a value not shown here)' : `"${env[field]}"`;
      return { file: 'environment', line: 0, field, found, expected: issue.message };
    });
    throw new ConfigurationError(problems);
  }
  const value = parsed.data;
  return {
    httpPort: value.LOUWEI_HTTP_PORT,
    httpHost: value.LOUWEI_HTTP_HOST,
    mqttPort: value.LOUWEI_MQTT_PORT,
    mqttHost: value.LOUWEI_MQTT_HOST,
    dataDir: resolve(value.LOUWEI_DATA_DIR),
    adminPassword: value.LOUWEI_ADMIN_PASSWORD,
    databaseUrl: value.DATABASE_URL,
    mqttUrl: value.LOUWEI_MQTT_URL,
    logLevel: value.LOUWEI_LOG_LEVEL,
    profileFolders: value.LOUWEI_PROFILES,
    retentionDays: value.LOUWEI_RETENTION_DAYS,
    timeZone: value.LOUWEI_TIME_ZONE,
    holidays: value.LOUWEI_HOLIDAYS,
    hostId: value.LOUWEI_HOST_ID,
    builtinGateway: value.LOUWEI_BUILTIN_GATEWAY,
    tls: value.LOUWEI_TLS === 'true',
    mqttReader: value.LOUWEI_MQTT_READER,
    outward: {
      opcua: {
        port: value.LOUWEI_OPCUA_PORT ?? null,
        host: value.LOUWEI_OPCUA_HOST,
        allowNone: value.LOUWEI_OPCUA_ALLOW_NONE === 'true',
      },
      mqttAlarms: value.LOUWEI_MQTT_ALARMS === 'true',
      webhookPrivate: value.LOUWEI_WEBHOOK_PRIVATE === 'true',
    },
  };
}
