// One MQTT device: publishes what has changed, says "online" with a retained message and "offline" by its last will.
import type { MqttModel } from '@louwei/device-profiles';
import { connect, type MqttClient } from 'mqtt';
import type { SimulatedDevice } from '../device.ts';
import { CLOCK_OFF_MS, SLOW_ANSWER_MS } from '../nuisance.ts';
import { commandsIn, commandTopicsOf } from './commands.ts';
import { payloadsOf, toText } from './payloads.ts';

export interface MqttDeviceOptions {
  readonly url: string;
  readonly password: string;
  readonly baseTopic: string;
}

export interface MqttPublisher {
  /** To be called after each step of the physics. */
  update(nowMs: number): void;
  stop(): Promise<void>;
}

/** Shortest time between two messages on one topic. */
const LEAST_PAUSE_MS = 200;

export function startMqttDevice(device: SimulatedDevice<MqttModel>, options: MqttDeviceOptions): MqttPublisher {
  const { availability, expectEveryS, timePath } = device.model.mqtt;
  const topicOf = (topic: string): string => (topic === '' ? options.baseTopic : `${options.baseTopic}/${topic}`);
  const sent = new Map<string, { text: string; atMs: number }>();
  let client: MqttClient | undefined;

  function open(): MqttClient {
    const opened = connect(options.url, {
      clientId: `device-${device.id}`,
      username: device.id,
      password: options.password,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 1000,
      queueQoSZero: false,
      ...(availability === undefined
        ? {}
        : {
            will: {
              topic: topicOf(availability.topic),
              payload: Buffer.from(availability.offline),
              qos: 1 as const,
              retain: true,
            },
          }),
    });
    opened.on('connect', () => {
      sent.clear();
      if (availability !== undefined)
        opened.publish(topicOf(availability.topic), availability.online, { qos: 1, retain: true });
      const topics = commandTopicsOf(device.model).map(topicOf);
      if (topics.length > 0) opened.subscribe(topics, { qos: 1 });
    });
    opened.on('message', (topic, payload, packet) => {
      if (packet.retain) return;
      for (const [point, value] of commandsIn(
        device.model,
        topic.slice(options.baseTopic.length + 1),
        payload.toString(),
      ))
        device.command?.(point, value);
    });
    // mqtt.js tries again by itself; without a listener a refused connection would end the process.
    opened.on('error', () => undefined);
    return opened;
  }

  function publish(live: MqttClient, nowMs: number): void {
    for (const [topic, payload] of payloadsOf(device.model, device.values())) {
      const text = toText(payload, undefined, nowMs);
      const last = sent.get(topic);
      const ageMs = nowMs - (last?.atMs ?? 0);
      const due = last === undefined || ageMs >= expectEveryS * 1000 || (last.text !== text && ageMs >= LEAST_PAUSE_MS);
      if (!due) continue;
      sent.set(topic, { text, atMs: nowMs });
      const clockMs = nowMs + (device.has?.('clock-off') ? CLOCK_OFF_MS : 0);
      const message = toText(payload, timePath, clockMs);
      const bytes = device.has?.('garbled') ? garbled(message) : message;
      const send = (): unknown => live.connected && live.publish(topicOf(topic), bytes, { qos: 0, retain: true });
      if (device.has?.('slow-answers')) setTimeout(send, SLOW_ANSWER_MS).unref();
      else send();
    }
  }

  return {
    update(nowMs) {
      if (device.offline()) {
        // Without a DISCONNECT, so that the broker publishes the last will.
        client?.end(true);
        client = undefined;
        return;
      }
      client ??= open();
      if (!client.connected) return;
      // mqtt.js connects again by itself; the broker speaks the last will each time.
      if (device.has?.('dropped-connection')) client.stream.destroy();
      else publish(client, nowMs);
    },
    async stop() {
      await client?.endAsync(true);
      client = undefined;
    },
  };
}

/** Half of the message and two bytes that are no text: neither JSON nor a number. */
const garbled = (message: string): Buffer =>
  Buffer.concat([Buffer.from(message.slice(0, message.length / 2)), Buffer.from([0xff, 0xfe])]);
