// A gateway with its configuration from file and host, and the host's requests: everything but the process around it.
import type { LoadedLibrary } from '@louwei/device-profiles';
import { DRIVERS } from '../drivers/registry.ts';
import { begin, stateOf } from '../management/core/history.ts';
import { createRequests, type Requests } from '../management/requests.ts';
import { readHistory, writeHistory } from '../management/store.ts';
import type { TrialLimits } from '../management/trial.ts';
import { type GatewayConfig, profileFolders } from './config.ts';
import { type Configuration, createConfiguration } from './configuration.ts';
import { effectiveConfig } from './effective-config.ts';
import { createGateway, type Gateway, type GatewayHooks } from './gateway.ts';
import { keepLibrary, loadLibraryApart } from './library-apart.ts';
import { createPerform } from './manage.ts';

export interface ManagedGateway extends Pick<Gateway, 'buses'> {
  /** What runs at the start. */
  readonly config: GatewayConfig;
  readonly configuration: Configuration;
  status(): ReturnType<Gateway['status']> & { readonly configuration: ReturnType<Configuration['stats']> };
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface ManagedGatewayOptions extends Pick<GatewayHooks, 'log' | 'onOnline' | 'onFatal'> {
  readonly path: string;
  /** What stands there, read with `library`. */
  readonly file: GatewayConfig;
  readonly library: LoadedLibrary;
  readonly trial?: TrialLimits;
}

/** @throws as `createGateway` does. */
export function createManagedGateway({ path, file, library, trial, ...hooks }: ManagedGatewayOptions): ManagedGateway {
  const { log } = hooks;
  const kept = readHistory(file.dataDir, (setAside) =>
    log.error({ setAside }, 'the configurations the host gave are damaged and set aside'),
  );
  const { config, history } = effectiveConfig(file, begin(kept), library, DRIVERS);
  let requests: Requests | undefined;
  const gateway = createGateway(config, {
    ...hooks,
    configuration: JSON.stringify(stateOf(history)),
    onRequest: (text) => requests?.receive(text),
  });
  // Only now is it certain that no other gateway has this data directory.
  try {
    if (history !== kept) writeHistory(file.dataDir, history);
  } catch (error) {
    log.error({ error: String(error) }, 'the start of a configuration on trial could not be written down');
  }
  const libraries = keepLibrary(() => loadLibraryApart(profileFolders(path)));
  const configuration = createConfiguration({
    path,
    drivers: DRIVERS,
    file,
    history,
    running: config,
    gateway,
    libraries,
    log,
    ...(trial === undefined ? {} : { trial }),
  });
  requests = createRequests({
    gateway: config.gateway,
    key: () => configuration.running.managementKey,
    answer: (text) => gateway.uplink.answer(text),
    perform: createPerform({ configuration, gateway, drivers: DRIVERS, library: libraries.kept }),
    now: Date.now,
    log,
  });
  return {
    config,
    configuration,
    buses: gateway.buses,
    status: () => ({ ...gateway.status(), configuration: configuration.stats() }),
    async start() {
      await gateway.start();
      configuration.started();
    },
    stop() {
      configuration.stop();
      return gateway.stop();
    },
  };
}
