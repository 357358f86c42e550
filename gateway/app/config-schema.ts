// The shape of the gateway's YAML file. Each message completes "found ..., expected ...".
import { bilingual } from '@louwei/device-profiles';
import { z } from 'zod';
import type { DriverDefinition } from '../drivers/port.ts';
import { parsePublicKey } from '../management/public-key.ts';
import { SPARKPLUG_NAME } from '../uplink/sparkplug/topics.ts';

const NAME = '1-64 characters without / + #';
const name = z.string(NAME).regex(SPARKPLUG_NAME, NAME);
const path = (what: string) => z.string(what).min(1, what);
const whole = (what: string, min: number, max: number) => z.int(what).min(min, what).max(max, what);
const URL_FORM = 'mqtt://host:port, mqtts://, ws:// or wss://';
const INTERVAL = 'milliseconds, 50 to 86400000';
const interval = (standard: number) => whole(INTERVAL, 50, 86_400_000).default(standard);
const block = 'a block of fields';

const uplink = z
  .strictObject(
    {
      url: z.string(URL_FORM).regex(/^(mqtts?|wss?):\/\/[^/]+/, URL_FORM),
      username: z.string('text').optional(),
      password: z.string('text').optional(),
      /** The bare secret, or JSON with username and password. */
      passwordFile: path('a file').optional(),
      /** PEM of the authority that signed the broker's certificate. */
      caFile: path('a file').optional(),
      delivery: z.enum(['auto', 'watermark', 'plain'], 'auto, watermark or plain').default('auto'),
    },
    block,
  )
  .refine(
    (value) => value.password === undefined || value.passwordFile === undefined,
    'password or passwordFile, not both',
  );

const KEY = 'the base64 of an Ed25519 public key (SPKI), or its PEM';
/** Without it the gateway answers no request of its host. */
const management = z
  .strictObject(
    {
      /** The key with which the host signs: base64 of SPKI DER, or PEM. */
      publicKey: z
        .string(KEY)
        .refine((text) => parsePublicKey(text) !== undefined, KEY)
        .optional(),
      publicKeyFile: path('a file').optional(),
    },
    block,
  )
  .refine(
    ({ publicKey, publicKeyFile }) => (publicKey === undefined) !== (publicKeyFile === undefined),
    'publicKey or publicKeyFile, one of them',
  );

const DEADBAND = 'a number of 0 or more in the unit of the point, or a percentage of its range such as 2%';
const seconds = z
  .number('seconds, 0.1 to 86400')
  .min(0.1, 'seconds, 0.1 to 86400')
  .max(86_400, 'seconds, 0.1 to 86400');
const report = z.strictObject(
  {
    deadband: z
      .union(
        [z.number(DEADBAND).nonnegative(DEADBAND), z.string(DEADBAND).regex(/^(?:100|\d{1,2}(?:\.\d+)?)%$/, DEADBAND)],
        DEADBAND,
      )
      .optional(),
    /** After this silence the next reading is sent whatever it says. */
    maxSilenceS: seconds.optional(),
    /** Shortest time between two changes of a number; the last one is sent when it is over. */
    minIntervalS: seconds.optional(),
  },
  block,
);

const device = z.strictObject(
  {
    id: name,
    model: z.string('maker/product').regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'maker/product'),
    name: bilingual.optional(),
    place: z
      .strictObject(
        {
          site: z.string('text').default(''),
          building: z.string('text').default(''),
          floor: z.coerce.string().default(''),
          room: z.coerce.string().default(''),
        },
        block,
      )
      .prefault({}),
    pollMs: z
      .strictObject({ fast: interval(1_000), normal: interval(5_000), slow: interval(60_000) }, block)
      .prefault({}),
    /** By point: how its readings are reported, where that differs from the class. */
    report: z.record(z.string(), report, block).default({}),
    /** The driver's own block. */
    connection: z.unknown(),
  },
  block,
);

type DeviceCheck = (device: z.output<typeof deviceShape>, context: z.core.$RefinementCtx) => void;
const deviceShape = device;

/** @param check adds what only the device library and the drivers can tell; runs for every well-formed device. */
export function deviceList(check: DeviceCheck) {
  const seen = new Set<string>();
  const checked = device.superRefine((value, context) => {
    if (seen.has(value.id)) context.addIssue({ code: 'custom', path: ['id'], message: 'an id no other device has' });
    seen.add(value.id);
    check(value, context);
  });
  return z.array(checked, 'a list of devices');
}

export function configFile(check: DeviceCheck) {
  return z.strictObject(
    {
      /** Sparkplug edge node id. */
      gateway: name,
      group: name.default('louwei'),
      /** Sparkplug primary host. */
      hostId: name.default('louwei'),
      dataDir: path('a folder').default('./data/gateway'),
      uplink,
      /** More folders of device profiles. */
      profiles: z.array(path('a folder'), 'a list of folders').default([]),
      /** Loopback port of /healthz and /metrics; 0 is off. */
      health: z.strictObject({ port: whole('a TCP port, or 0 for none', 0, 65_535).default(0) }, block).prefault({}),
      /** A gateway only reads until this says `enabled`; then points whose model has a `write` block can be written. */
      commands: z.enum(['enabled', 'disabled'], 'enabled or disabled').default('disabled'),
      management: management.optional(),
      outbox: z
        .strictObject(
          {
            maxRecords: whole('1000 to 100000000 records', 1_000, 100_000_000).default(5_000_000),
            maxMegabytes: whole('10 to 1000000 MB', 10, 1_000_000).optional(),
          },
          block,
        )
        .prefault({}),
      devices: deviceList(check),
    },
    block,
  );
}
export type ConfigFile = z.output<ReturnType<typeof configFile>>;

/** What has to be known before the devices can be checked; its faults are reported by the whole schema. */
export const profilesOnly = z.looseObject({ profiles: z.array(z.string()).catch([]) }).catch({ profiles: [] });

/** For editors: the file's JSON Schema with the connection blocks of all drivers. */
export function configJsonSchema(drivers: readonly DriverDefinition[]): object {
  const connection = z.union(drivers.map((driver) => driver.connectionSchema.meta({ title: driver.protocol })));
  const withConnections = configFile(() => undefined).extend({
    devices: z.array(device.extend({ connection })),
  });
  return z.toJSONSchema(withConnections, { io: 'input', unrepresentable: 'any' });
}
