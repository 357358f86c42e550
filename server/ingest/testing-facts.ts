// What births of a gateway become behind its session, for tests that begin there. They carry no readings.
import { COMM_POINT, PROPERTY } from '@louwei/gateway/sparkplug';
import type { DeviceBirth, NodeBirth } from './core/session-effects.ts';

interface Born {
  readonly epoch: number;
  readonly receivedAtMs: number;
}

export const nodeBirth = ({ epoch, receivedAtMs }: Born): NodeBirth => ({
  kind: 'node-birth',
  device: '',
  receivedAtMs,
  provesDelivery: true,
  epoch,
  points: [{ name: COMM_POINT, type: 'Boolean' }],
  metrics: [],
  dropped: undefined,
});

/** @param points of numbers, besides `comm`. */
export const deviceBirth = (
  device: string,
  described: { readonly class: string; readonly bus?: string | undefined; readonly points: Iterable<string> },
  { epoch, receivedAtMs }: Born,
): DeviceBirth => ({
  kind: 'device-birth',
  device,
  receivedAtMs,
  epoch,
  properties: { [PROPERTY.class]: described.class, [PROPERTY.bus]: described.bus ?? '' },
  online: undefined,
  points: [
    ...[...described.points].flatMap((name) => (name === COMM_POINT ? [] : [{ name, type: 'Double' } as const])),
    { name: COMM_POINT, type: 'Boolean' },
  ],
  metrics: [],
});
