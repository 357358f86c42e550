// What a way out of Louwei is: something that tells other systems of alarms. Channels know this file and never each other.
import type { Registry } from 'prom-client';
import type { Alarms } from '../alarms/alarms.ts';
import type { Verbs } from '../alarms/verbs.ts';
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { OutwardState } from '../contract/outward.ts';
import type { Db } from '../migrations/tables.ts';
import type { People } from '../people/people.ts';
import type { AnyRoute } from '../platform/http/route.ts';
import type { Logger } from '../platform/log.ts';
import type { Outbox } from './outbox.ts';

export interface OutwardConfig {
  readonly opcua: {
    /** null: off. 0 takes a free port. */
    readonly port: number | null;
    readonly host: string;
    /** Messages in the clear are offered too. */
    readonly allowNone: boolean;
  };
  /** Alarms are published on MQTT. */
  readonly mqttAlarms: boolean;
  /** Webhooks may go to loopback, link-local and private addresses. */
  readonly webhookPrivate: boolean;
}

export interface OutwardContext {
  readonly config: OutwardConfig;
  readonly dataDir: string;
  readonly db: Db;
  readonly alarms: Pick<Alarms, 'open' | 'onChange' | keyof Verbs>;
  readonly directory: EquipmentDirectory;
  readonly people: Pick<People, 'signInOnce' | 'callerOf' | 'permits'>;
  readonly outbox: Outbox;
  readonly broker: { readonly url: string; readonly username?: string; readonly password?: string };
  readonly now: () => number;
  readonly log: Logger;
  readonly metrics: Registry;
}

export interface OutwardChannel {
  readonly id: OutwardState['id'];
  readonly routes: readonly AnyRoute[];
  state(): OutwardState;
  /** Before the alarm engine starts: who wants to know is entered in the outbox, so that what the start itself brings is not missed. */
  prepare(context: Pick<OutwardContext, 'config' | 'db' | 'outbox'>): Promise<void>;
  /** Settles when what others rely on is set up; connecting goes on behind it. */
  start(context: OutwardContext): Promise<void>;
  stop(): Promise<void>;
}
