// The embedded broker as this server runs it, with its own account on it.
import type { createMqttAccounts } from '../ingest/mqtt-accounts.ts';
import { createBroker } from '../platform/broker/broker.ts';
import { createRepeats } from '../platform/broker/repeats.ts';
import type { Logger } from '../platform/log.ts';
import type { Cleanups } from './cleanups.ts';
import type { Config } from './config.ts';
import { portRefusal } from './refusal.ts';

/** @throws StartRefusedError when something else listens there. */
export async function startBroker(
  config: Config,
  accounts: ReturnType<typeof createMqttAccounts>,
  log: Logger,
  cleanups: Cleanups,
) {
  const brokerLog = log.child({ part: 'broker' });
  const repeats = createRepeats();
  const embedded = createBroker({
    port: config.mqttPort,
    host: config.mqttHost,
    access: accounts.access,
    onEvent: (event) => {
      if (event.kind.includes('connected')) return brokerLog.info(event, 'broker');
      // The port of whoever tries is another one each time.
      const cause = 'remote' in event ? { ...event, remote: event.remote.replace(/:\d+$/, '') } : event;
      const repeated = repeats(JSON.stringify(cause), performance.now());
      if (repeated !== null) brokerLog.warn(repeated === 0 ? event : { ...event, repeated }, 'broker');
    },
  });
  const { port } = await embedded.start().catch((error: unknown) => {
    throw portRefusal(error, 'LOUWEI_MQTT_PORT', config.mqttPort);
  });
  cleanups.add('MQTT broker', embedded.stop);
  return { url: `mqtt://127.0.0.1:${port}`, ...accounts.server };
}
