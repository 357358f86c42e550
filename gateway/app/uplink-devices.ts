// The devices and buses of a configuration as the uplink shows them, their points registered in the outbox.
import { type Bilingual, type Point, pointNames, writeRuleOf } from '@louwei/device-profiles';
import type { Outbox } from '../outbox/port.ts';
import type { OutboxPoint, PointType } from '../outbox/record.ts';
import { NODE_DEVICE, type UplinkDevice } from '../uplink/session.ts';
import { COMM_POINT, COMMAND_OUTCOME_POINT, PROPERTY } from '../uplink/sparkplug/names.ts';
import { type GatewayBus, isCertified } from './buses.ts';
import { CERTIFICATE_POINT } from './certificate-watch.ts';
import type { ConfiguredDevice } from './devices.ts';
import { OUTBOX_POINTS } from './outbox-watch.ts';

/** Points that are no longer configured stay registered: their last records may still be on their way. */
export function registerDevices(
  outbox: Outbox,
  devices: readonly ConfiguredDevice[],
  buses: readonly GatewayBus[],
): UplinkDevice[] {
  const ids = [NODE_DEVICE, ...[...devices, ...buses].map(({ id }) => id)];
  const points = outbox.register([
    ...OUTBOX_POINTS,
    ...(devices.some(isCertified) ? [certificatePoint(NODE_DEVICE)] : []),
    ...devices.flatMap(pointsOf),
    ...buses.flatMap(busPoints),
  ]);
  const byDevice = new Map<string, OutboxPoint[]>(ids.map((id) => [id, []]));
  for (const point of points) byDevice.get(point.device)?.push(point);
  const busOfDevice = new Map(buses.flatMap(({ id, members }) => members.map((member) => [member, id] as const)));
  // A bus is born before its devices, so that the server knows it when they name it.
  return [
    { id: NODE_DEVICE, properties: {}, points: byDevice.get(NODE_DEVICE) ?? [] },
    ...buses.map((bus) => ({ id: bus.id, properties: busProperties(bus), points: byDevice.get(bus.id) ?? [] })),
    ...devices.map((device) => ({
      id: device.id,
      properties: propertiesOf(device, busOfDevice.get(device.id)),
      points: byDevice.get(device.id) ?? [],
    })),
  ];
}

const certificatePoint = (device: string): Omit<OutboxPoint, 'alias'> => ({
  device,
  point: CERTIFICATE_POINT,
  type: 'Double',
});

const busPoints = ({ id, certified }: GatewayBus): Omit<OutboxPoint, 'alias'>[] => [
  { device: id, point: COMM_POINT, type: 'Boolean' },
  { device: id, point: 'answeringCount', type: 'Double' },
  ...(certified ? [certificatePoint(id)] : []),
];

const busProperties = ({ name, place, where }: GatewayBus): Record<string, string> => ({
  [PROPERTY.class]: 'field-bus',
  [PROPERTY.nameZh]: name.zh,
  [PROPERTY.nameEn]: name.en,
  [PROPERTY.site]: place.site,
  [PROPERTY.building]: place.building,
  [PROPERTY.floor]: place.floor,
  [PROPERTY.room]: place.room,
  [PROPERTY.connection]: where,
});

const pointsOf = (device: ConfiguredDevice): Omit<OutboxPoint, 'alias'>[] => [
  { device: device.id, point: COMM_POINT, type: 'Boolean' },
  ...(pointNames(device.model).some((point) => writeRuleOf(device.model, device.class, point) !== null)
    ? [{ device: device.id, point: COMMAND_OUTCOME_POINT, type: 'String' as const }]
    : []),
  ...pointNames(device.model).map((point) => ({
    device: device.id,
    point,
    type: typeOfKind(device.class.points[point]?.kind ?? 'analog'),
  })),
];

function typeOfKind(kind: Point['kind']): PointType {
  if (kind === 'state') return 'Boolean';
  return kind === 'text' ? 'String' : 'Double';
}

function propertiesOf(device: ConfiguredDevice, bus: string | undefined): Record<string, string> {
  const name: Bilingual = device.name;
  return {
    [PROPERTY.class]: device.model.class,
    [PROPERTY.model]: device.model.model,
    [PROPERTY.nameZh]: name.zh,
    [PROPERTY.nameEn]: name.en,
    [PROPERTY.site]: device.place.site,
    [PROPERTY.building]: device.place.building,
    [PROPERTY.floor]: device.place.floor,
    [PROPERTY.room]: device.place.room,
    [PROPERTY.connection]: device.driver.describe(device.connection),
    ...(bus === undefined ? {} : { [PROPERTY.bus]: bus }),
  };
}
