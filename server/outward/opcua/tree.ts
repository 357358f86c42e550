// The browse tree: Louwei / site / building / equipment. Each is an event notifier, so that a client can subscribe to one
// building only (Part 9 annex C: areas are linked by HasNotifier below the Server object).
import type { Namespace, OPCUAServer, UAObject } from 'node-opcua';
import type { EquipmentRecord } from '../../assets/directory.ts';
import { bothLanguages } from './core/mapping.ts';

export interface Tree {
  readonly namespace: Namespace;
  /** The object of the equipment, made with its site and building when first needed. */
  equipment(record: Pick<EquipmentRecord, 'id' | 'name' | 'place'>): UAObject;
}

/** Subscribe to events (Part 3 8.59). */
const EVENTS = 1;

export function createTree(server: OPCUAServer): Tree {
  const space = server.engine.addressSpace;
  if (space === null) throw new Error('the OPC UA server has no address space');
  // ConditionRefresh is a method of the type and is bound only by this.
  space.installAlarmsAndConditionsService();
  const namespace = space.getOwnNamespace();
  const folder = namespace.addObject({
    browseName: 'Louwei',
    nodeId: 's=louwei',
    organizedBy: space.rootFolder.objects,
    notifierOf: space.rootFolder.objects.server,
    eventNotifier: EVENTS,
  });
  const areas = new Map<string, UAObject>();
  const objects = new Map<string, UAObject>();

  function area(id: string, name: string, parent: UAObject): UAObject {
    const known = areas.get(id);
    if (known !== undefined) return known;
    const made = namespace.addObject({
      browseName: name === '' ? '-' : name,
      nodeId: `s=${id}`,
      organizedBy: parent,
      notifierOf: parent,
      eventNotifier: EVENTS,
    });
    areas.set(id, made);
    return made;
  }

  return {
    namespace,
    equipment({ id, name, place }) {
      const known = objects.get(id);
      if (known !== undefined) return known;
      const site = area(`site:${place.site}`, place.site, folder);
      const building = area(`site:${place.site}/building:${place.building}`, place.building, site);
      const made = namespace.addObject({
        browseName: id,
        displayName: bothLanguages(name),
        nodeId: `s=${id}`,
        organizedBy: building,
        eventSourceOf: building,
        eventNotifier: EVENTS,
      });
      objects.set(id, made);
      return made;
    },
  };
}
