// Which devices share a line. A line with several devices is equipment of its own: when it is lost, that is one fault.
import type { WatchedBus } from '../points/bus-watch.ts';
import type { ConfiguredDevice } from './devices.ts';

export interface GatewayBus extends WatchedBus {
  /** Named after its first device, so that it stays the same when an address changes. */
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly place: ConfiguredDevice['place'];
  /** In words: `modbus tcp 10.0.0.5:502`. */
  readonly where: string;
  /** Device ids, two or more. */
  readonly members: readonly string[];
  /** The line needs certificates. */
  readonly certified: boolean;
}

export function busesOf(devices: readonly ConfiguredDevice[]): GatewayBus[] {
  const lines = Map.groupBy(devices, ({ driver, connection }) => driver.bus(connection));
  const taken = new Set(devices.map(({ id }) => id));
  return [...lines].flatMap(([where, onLine]) => {
    const [first, second] = onLine;
    if (first === undefined || second === undefined) return [];
    const last = onLine.at(-1)?.id ?? '';
    const id = taken.has(`bus-${first.id}`) ? `bus-of-${first.id}` : `bus-${first.id}`;
    return [
      {
        id,
        name: { zh: `总线 ${first.id} 至 ${last}`, en: `Bus of ${first.id} to ${last}` },
        place: placeOf(onLine),
        where,
        members: onLine.map((device) => device.id),
        certified: onLine.some(isCertified),
      },
    ];
  });
}

export const isCertified = ({ driver, connection }: ConfiguredDevice): boolean =>
  driver.certified?.(connection) === true;

/** As much of the place as all devices of the line have in common. */
function placeOf(devices: readonly ConfiguredDevice[]): ConfiguredDevice['place'] {
  const same = (part: keyof ConfiguredDevice['place']): string => {
    const all = new Set(devices.map(({ place }) => place[part]));
    return all.size === 1 ? ([...all][0] ?? '') : '';
  };
  const [site, building, floor, room] = [same('site'), same('building'), same('floor'), same('room')];
  return { site, building, floor: building === '' ? '' : floor, room: building === '' || floor === '' ? '' : room };
}
