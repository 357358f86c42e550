// Which rules exist, which point feeds which rule, and the committed state of each. Built from the equipment register
// and the classes; memory only.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { EquipmentDirectory, EquipmentRecord } from '../assets/directory.ts';
import { type Definition, definitionsOf } from './core/definition.ts';
import { eventsOf } from './core/event.ts';
import { pointsOf } from './core/observe-point.ts';
import type { Position } from './core/order.ts';
import { newRuleState, type RuleState } from './core/rule-state.ts';
import { COMM_POINT } from './core/rules/comm-loss.ts';
import { NO_SETTINGS, type Settings } from './core/settings.ts';
import type { Site } from './core/site.ts';

export interface Rule {
  /** `equipment id / alarm key`. */
  readonly id: string;
  readonly equipmentId: string;
  readonly gatewayId: string;
  /** Committed; the class's own, shared by all equipment of the class, unless a setting of the equipment differs. */
  definition: Definition;
  /** Committed. */
  state: RuleState;
  /** When the wake queue will look at it; entries with another time are void. */
  scheduledMs: number;
}

export interface Watched {
  readonly equipment: EquipmentRecord;
  readonly rules: readonly Rule[];
  /** Of the last `comm` reading. */
  answers: boolean;
}

export interface PointWatch {
  readonly name: string;
  readonly watched: Watched;
  readonly rules: readonly Rule[];
  readonly isComm: boolean;
  /** Some rule is suppressed by it. */
  readonly isCause: boolean;
  /** Of the newest evaluated reading. */
  position: Position | null;
  /** The position was read from the database: the same reading may be evaluated once more. */
  repeatable: boolean;
}

export interface RuleBook {
  readonly rules: ReadonlyMap<string, Rule>;
  watched(equipmentId: string): Watched | undefined;
  ofGateway(gatewayId: string): readonly Watched[];
  /** What hangs on the bus, when the equipment is one. */
  onBus(equipment: EquipmentRecord): readonly Watched[];
  /** Null: no rule looks at the point; undefined: the equipment or the point is not registered yet. */
  point(sample: {
    readonly equipmentId: string;
    readonly pointId: number;
    readonly point: string;
  }): PointWatch | null | undefined;
  /** What the equipment's alarms are with these settings; what they leave as it is stays shared. */
  definitions(equipmentId: string, settings: Settings): readonly Definition[];
  points(): Iterable<readonly [number, PointWatch]>;
  /**
   * Takes equipment in, or again after its class changed.
   * @returns rules that are new and rules that exist no more.
   */
  take(equipmentId: string, nowMs: number): { readonly added: readonly Rule[]; readonly gone: readonly Rule[] };
}

export const ruleId = (equipmentId: string, alarm: string): string => `${equipmentId}/${alarm}`;

export function createRuleBook(
  classes: ReadonlyMap<string, EquipmentClass>,
  directory: EquipmentDirectory,
  settingsOf: (equipmentId: string) => Settings = () => NO_SETTINGS,
  site?: Site,
): RuleBook {
  const definitions = new Map(
    [...classes].map(
      ([name, described]) =>
        [name, [...definitionsOf(described, NO_SETTINGS, site), ...eventsOf(described, site)]] as const,
    ),
  );
  const rules = new Map<string, Rule>();
  const equipment = new Map<string, Watched>();
  const gateways = new Map<string, Set<string>>();
  const points = new Map<number, PointWatch | null>();

  function resolve(sample: { equipmentId: string; pointId: number; point: string }): PointWatch | null | undefined {
    const watched = equipment.get(sample.equipmentId);
    if (watched === undefined) return undefined;
    const isComm = sample.point === COMM_POINT;
    const fed = watched.rules.filter((rule) => pointsOf(rule.definition).includes(sample.point));
    const isCause = fed.some(({ definition }) => definition.causes.some(({ point }) => point === sample.point));
    const entry: PointWatch | null =
      fed.length === 0 && !isComm
        ? null
        : { name: sample.point, watched, rules: fed, isComm, isCause, position: null, repeatable: false };
    points.set(sample.pointId, entry);
    return entry;
  }

  function definitionsWith(className: string, settings: Settings): readonly Definition[] {
    const shared = definitions.get(className) ?? [];
    const described = classes.get(className);
    if (described === undefined || Object.keys(settings).length === 0) return shared;
    const own = new Map(definitionsOf(described, settings, site).map((definition) => [definition.alarm, definition]));
    return shared.map((definition) => {
      const differing = own.get(definition.alarm);
      return differing === undefined || differing.fingerprint === definition.fingerprint ? definition : differing;
    });
  }

  return {
    rules,
    definitions: (id, settings) => definitionsWith(directory.equipment(id)?.class ?? '', settings),
    watched: (id) => equipment.get(id),
    ofGateway: (id) => [...(gateways.get(id) ?? [])].flatMap((member) => equipment.get(member) ?? []),
    onBus: ({ gatewayId, deviceId }) =>
      deviceId === ''
        ? []
        : [...(gateways.get(gatewayId) ?? [])].flatMap((member) => {
            const watched = equipment.get(member);
            return watched?.equipment.bus === deviceId ? [watched] : [];
          }),
    point(sample) {
      const known = points.get(sample.pointId);
      return known === undefined ? resolve(sample) : known;
    },
    *points() {
      for (const [id, entry] of points) if (entry !== null) yield [id, entry] as const;
    },
    take(equipmentId, nowMs) {
      const record = directory.equipment(equipmentId);
      if (record === undefined) return { added: [], gone: [] };
      const before = equipment.get(equipmentId);
      const wanted = definitionsWith(record.class, settingsOf(equipmentId));
      const kept: Rule[] = [];
      const added: Rule[] = [];
      for (const definition of wanted) {
        const id = ruleId(equipmentId, definition.alarm);
        const existing = rules.get(id);
        const same =
          existing?.definition === definition ||
          (before?.equipment.class === record.class && existing?.definition.fingerprint === definition.fingerprint);
        if (existing !== undefined && same && existing.gatewayId === record.gatewayId) {
          kept.push(existing);
          continue;
        }
        const { gatewayId } = record;
        const state = existing?.state ?? newRuleState(nowMs);
        const rule: Rule = { id, equipmentId, gatewayId, definition, state, scheduledMs: Number.POSITIVE_INFINITY };
        rules.set(id, rule);
        kept.push(rule);
        added.push(rule);
      }
      const gone = before?.rules.filter((rule) => !kept.some((other) => other.id === rule.id)) ?? [];
      for (const rule of gone) rules.delete(rule.id);
      if (before !== undefined && added.length === 0 && gone.length === 0) {
        equipment.set(equipmentId, Object.assign(before, { equipment: record }));
        return { added, gone };
      }
      equipment.set(equipmentId, { equipment: record, rules: kept, answers: before?.answers ?? true });
      if (before !== undefined && before.equipment.gatewayId !== record.gatewayId)
        gateways.get(before.equipment.gatewayId)?.delete(equipmentId);
      const members = gateways.get(record.gatewayId) ?? new Set<string>();
      gateways.set(record.gatewayId, members.add(equipmentId));
      for (const point of record.points.values()) points.delete(point.pointId);
      return { added, gone };
    },
  };
}
