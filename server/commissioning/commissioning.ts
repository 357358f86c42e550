// Commissioning put together: what comes from gateways finds its request or its version, what engineers want goes out.
import { ANSWER, CONFIGURATION, type Metric } from '@louwei/gateway/sparkplug';
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { Db } from '../migrations/tables.ts';
import { ProblemError } from '../platform/http/route.ts';
import type { Logger } from '../platform/log.ts';
import { type Configurations, createConfigurations } from './configuration.ts';
import { createRequests, type Requests } from './requests.ts';
import { openSigner, type Signer } from './signing.ts';

export interface CommissioningOptions {
  readonly db: Db;
  readonly directory: EquipmentDirectory;
  readonly now: () => number;
  readonly log: Logger;
  /** Instead of the limits of each kind of request. */
  readonly expiryMs?: number;
}

export interface Commissioning {
  readonly requests: Pick<Requests, 'ask'>;
  readonly configurations: Configurations;
  /** Of every message of an edge node, what is meant for here. */
  onNodeMessage(gatewayId: string, metrics: readonly Metric[]): void;
  /** After the migrations. @returns the public key. */
  prepare(): Promise<string>;
  publicKey(): string;
  start(connection: { readonly publish: (topic: string, payload: Buffer) => boolean }): void;
  /** Settles when what was being written is written. */
  stop(): Promise<void>;
}

export function createCommissioning(options: CommissioningOptions): Commissioning {
  const { db, directory, now, log, expiryMs } = options;
  let signer: Signer | undefined;
  let publish: (topic: string, payload: Buffer) => boolean = () => false;
  const requireSigner = (): Signer => {
    if (signer === undefined) throw new ProblemError(503, 'unavailable', 'the server is starting');
    return signer;
  };
  const requests = createRequests({
    now,
    signer: requireSigner,
    publish: (topic, payload) => publish(topic, payload),
    ...(expiryMs === undefined ? {} : { expiryMs }),
  });
  const configurations = createConfigurations({ db, directory, requests, now, log });
  /** The newest report of gateways whose first birth is not stored yet. */
  const early = new Map<string, string>();
  const reporting = new Set<Promise<void>>();

  function report(gatewayId: string, text: string): void {
    const done = configurations
      .reported(gatewayId, text)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ gatewayId, reason }, 'the configuration of the gateway could not be followed');
      })
      .finally(() => reporting.delete(done));
    reporting.add(done);
  }

  directory.onChange(({ gatewayIds }) => {
    for (const id of gatewayIds) {
      const text = early.get(id);
      early.delete(id);
      if (text !== undefined) report(id, text);
    }
  });

  return {
    requests,
    configurations,
    onNodeMessage(gatewayId, metrics) {
      for (const { name, value } of metrics) {
        if (typeof value !== 'string') continue;
        if (name === ANSWER) requests.take(gatewayId, value);
        else if (name === CONFIGURATION && directory.gateway(gatewayId) !== undefined) report(gatewayId, value);
        else if (name === CONFIGURATION) early.set(gatewayId, value);
      }
    },
    async prepare() {
      signer = await openSigner(db, now());
      return signer.publicKey;
    },
    publicKey: () => requireSigner().publicKey,
    start(connection) {
      ({ publish } = connection);
    },
    async stop() {
      requests.stop();
      await Promise.all(reporting);
    },
  };
}
