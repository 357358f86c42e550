// One OPC UA device in the address space: a folder and a variable for each point of its model.
import { type OpcuaModel, writeValueFault } from '@louwei/device-profiles';
import { DataType, type Namespace, type StatusCode, StatusCodes, type UAObject, type UAVariable } from 'node-opcua';
import type { PointValue } from '../../plant/plant.ts';
import { type SimulatedDevice, spoken } from '../device.ts';
import { CLOCK_OFF_MS, SLOW_ANSWER_MS } from '../nuisance.ts';

interface Shown {
  readonly node: UAVariable;
  readonly dataType: DataType;
  /** What the plant last gave, to write changes only. */
  value: PointValue | undefined;
  status: StatusCode | undefined;
  /** Number of the change that the node shows: a late one never replaces a newer one. */
  change: number;
}

export interface OpcuaNodes {
  /** Carries changed values over; cheap when nothing has changed. */
  update(): void;
  /** Forgets what was still to be shown late. */
  stop(): void;
}

/** @param prefix the device's own, put into the `{prefix}` of the model's node ids, which are all in namespace 1 */
export function addNodes(
  namespace: Namespace,
  parent: UAObject,
  device: SimulatedDevice<OpcuaModel>,
  prefix: string,
): OpcuaNodes {
  const folder = namespace.addFolder(parent, { browseName: device.id });
  const first = device.values();
  const shown = new Map(
    Object.entries(device.model.points).map(([name, point]): [string, Shown] => {
      const dataType = typeOf(spoken(point, first[name] ?? null));
      const node = namespace.addVariable({
        componentOf: folder,
        browseName: name,
        nodeId: point.node.replace('{prefix}', prefix).replace(/^ns=1;/, ''),
        dataType,
        minimumSamplingInterval: 100,
        accessLevel: point.write === undefined ? 'CurrentRead' : 'CurrentRead | CurrentWrite',
        userAccessLevel: point.write === undefined ? 'CurrentRead' : 'CurrentRead | CurrentWrite',
      });
      const { write } = point;
      if (write !== undefined)
        node.on('value_changed', ({ value: { value } }) => {
          const entry = shown.get(name);
          // What the plant itself shows comes this way, too.
          if (entry === undefined || value === entry.value) return;
          const told = Number(value);
          if (writeValueFault(write, told) === null) device.command?.(name, told);
          // The next update shows what the plant made of it.
          entry.value = undefined;
        });
      return [name, { node, dataType, value: undefined, status: undefined, change: 0 }];
    }),
  );

  const late = new Set<NodeJS.Timeout>();
  let changes = 0;

  function show(entry: Shown, value: PointValue, status: StatusCode): void {
    const change = ++changes;
    const measured = new Date(Date.now() + (device.has?.('clock-off') ? CLOCK_OFF_MS : 0));
    const write = (): void => {
      if (change < entry.change) return;
      entry.change = change;
      const variant = { dataType: entry.dataType, value: value ?? emptyOf(entry.dataType) };
      entry.node.setValueFromSource(variant, status, measured);
    };
    if (!device.has?.('slow-answers')) {
      write();
      return;
    }
    const timer = setTimeout(() => {
      late.delete(timer);
      write();
    }, SLOW_ANSWER_MS);
    late.add(timer);
  }

  function update(): void {
    const values = device.values();
    const offline = device.offline();
    for (const [name, entry] of shown) {
      const point = device.model.points[name];
      if (point === undefined) continue;
      const value = spoken(point, values[name] ?? null);
      const status = offline
        ? StatusCodes.BadNoCommunication
        : value === null
          ? StatusCodes.BadSensorFailure
          : StatusCodes.Good;
      if (value === entry.value && status === entry.status) continue;
      // A lost device keeps its last value under the bad status: the gateway must not take it for a reading.
      if (status !== StatusCodes.Good && status === entry.status) continue;
      entry.value = value;
      entry.status = status;
      show(entry, value, status);
    }
  }

  update();
  return {
    update,
    stop() {
      for (const timer of late) clearTimeout(timer);
    },
  };
}

function typeOf(value: PointValue): DataType {
  if (typeof value === 'boolean') return DataType.Boolean;
  return typeof value === 'string' ? DataType.String : DataType.Double;
}

function emptyOf(dataType: DataType): PointValue {
  if (dataType === DataType.Boolean) return false;
  return dataType === DataType.String ? '' : 0;
}
