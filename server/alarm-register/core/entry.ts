// One line of the master alarm list, from the class and its review.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { Definition } from '../../alarms/core/definition.ts';
import { isEvent } from '../../alarms/core/event.ts';
import { kindOf } from '../../alarms/core/rules/registry.ts';
import type { AlarmDefinition, AlarmReview } from '../../contract/alarm-register.ts';
import { reviewState } from './review.ts';

export function entryOf(
  described: EquipmentClass,
  definition: Definition,
  equipment: number,
  review: AlarmReview,
  nowMs: number,
): AlarmDefinition {
  const { rule, record, priority, causes } = definition;
  const { text, cause, consequence, action, timeToRespondMin, workOrder, reAlarm } = record;
  return {
    ...review,
    kind: isEvent(definition) ? 'event' : 'alarm',
    because: isEvent(definition) ? [...definition.because] : [],
    class: described.class,
    classLabel: described.label,
    group: described.group,
    alarm: definition.alarm,
    text,
    priority: isEvent(definition) ? null : priority,
    equipment,
    point: definition.point,
    rule: kindOf(rule).describe(rule),
    limits: limitsOf(definition),
    deviation: rule.kind === 'deviation',
    unit: definition.show(null).unit,
    deadband: 'deadband' in rule ? rule.deadband : null,
    onDelayS: definition.onDelayMs / 1000,
    offDelayS: definition.offDelayMs / 1000,
    suppressedBy: causes.map(({ id }) => id),
    latching: definition.latching,
    shelvable: definition.shelvable,
    reAlarm: reAlarm ?? null,
    workOrder: workOrder ?? null,
    cause,
    consequence,
    action,
    timeToRespondMin,
    review: reviewState(review, nowMs),
  };
}

function limitsOf({ rule, priority }: Definition): AlarmDefinition['limits'] {
  if (rule.kind === 'levels')
    return rule.levels.map((level) => ({
      above: rule.side === 'above' ? level.limit : null,
      below: rule.side === 'below' ? level.limit : null,
      priority: level.priority,
    }));
  if (rule.kind !== 'limit' && rule.kind !== 'deviation') return [];
  return [{ above: rule.above ?? null, below: rule.below ?? null, priority }];
}
