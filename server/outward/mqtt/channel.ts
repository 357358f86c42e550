// Alarms on MQTT: the state of each open alarm as a retained message, and every transition once more as an event. Events
// come from the outbox, so a broker that was away misses none; states are those of now, however late the event comes.
import { Counter } from 'prom-client';
import type { OutwardState } from '../../contract/outward.ts';
import type { RetryPolicy } from '../core/retry.ts';
import type { OutwardChannel, OutwardContext } from '../port.ts';
import { createSender, type Sender } from '../sender.ts';
import { type Connection, createConnection } from './connection.ts';
import { eventTopic, stateTopic } from './topics.ts';

const DESTINATION = 'mqtt';
const POLICY: RetryPolicy = { firstWaitMs: 500, longestWaitMs: 10_000, giveUpAfterMs: 7 * 86_400_000 };

export function createMqttChannel(policy: RetryPolicy = POLICY): OutwardChannel {
  let connection: Connection | undefined;
  let sender: Sender | undefined;
  let address: string | null = null;

  function begin(context: OutwardContext): void {
    const { alarms, broker, log, metrics, now, outbox } = context;
    address = withoutPassword(broker.url);
    const published = new Counter({
      name: 'louwei_mqtt_alarm_events_total',
      help: 'Attempts to publish alarm events on MQTT',
      labelNames: ['outcome'],
      registers: [metrics],
    });
    const link = createConnection({
      ...broker,
      clientId: `louwei-alarms-${process.pid}`,
      onConnected: () => void restore(),
      onFault: (reason) => log.warn({ address, reason }, 'alarms cannot be published on MQTT; trying again'),
    });
    connection = link;
    const mine = createSender({
      destination: DESTINATION,
      outbox,
      policy,
      now,
      async deliver(event) {
        const named = event.alarm;
        if (named === null) return { ok: true };
        await link.publish(eventTopic(named), JSON.stringify(event), false);
        await showState(stateTopic(named));
        return { ok: true };
      },
      onDelivered: () => published.inc({ outcome: 'delivered' }),
      onFailed(event, error, givenUp) {
        published.inc({ outcome: givenUp ? 'given-up' : 'retry' });
        if (givenUp) log.error({ seq: event.seq, error }, 'an alarm event was given up on MQTT');
      },
      onTrouble: (error) => log.warn({ err: error }, 'the outbox could not be read'),
    });
    sender = mine;

    const open = new Map(alarms.open().map((alarm) => [stateTopic(alarm), alarm]));
    const showState = (topic: string): Promise<void> => {
      const alarm = open.get(topic);
      return link.publish(topic, alarm === undefined ? '' : JSON.stringify(alarm), true);
    };
    /** A broker that was restarted may have lost its retained messages. */
    async function restore(): Promise<void> {
      try {
        for (const topic of [...open.keys()]) await showState(topic);
        mine.wake();
      } catch {
        // The connection is gone again, which it says itself; the next one begins anew.
      }
    }

    alarms.onChange((changed) => {
      for (const alarm of changed) {
        if (alarm.state === 'NORM') open.delete(stateTopic(alarm));
        else open.set(stateTopic(alarm), alarm);
      }
      mine.wake();
    });
    link.start();
    mine.start();
  }

  return {
    id: 'mqtt',
    routes: [],
    state(): OutwardState {
      if (connection === undefined) return { id: 'mqtt', state: 'off', address: null, detail: null };
      const { fault } = connection;
      return { id: 'mqtt', state: fault === null ? 'ready' : 'failed', address, detail: fault };
    },
    async prepare({ config, outbox }) {
      if (config.mqttAlarms) outbox.set({ id: DESTINATION, wants: (event) => event.alarm !== null });
    },
    async start(context) {
      if (context.config.mqttAlarms) begin(context);
    },
    async stop() {
      // The connection first: a publish that waits for an answer fails at once then.
      await connection?.stop();
      await sender?.stop();
    },
  };
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');
