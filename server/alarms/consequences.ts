// What an alarm blinds or cuts off: the equipment that hangs on it, and the alarms that are hidden because of it. Nothing is
// invisible, only counted elsewhere.
import type { Feeds } from '../assets/feeds.ts';
import { busCause, feedCause, gatewayCause } from './evaluate.ts';
import type { Rule, RuleBook } from './rule-book.ts';

export interface Consequences {
  /** As alarms name it in `suppressedBy`; null: nothing follows from the alarm. */
  readonly cause: string | null;
  readonly equipmentIds: readonly string[];
}

export function consequencesOf(rule: Rule, book: RuleBook, feeds: Feeds): Consequences {
  const { equipmentId, definition, gatewayId } = rule;
  const equipment = book.watched(equipmentId)?.equipment;
  if (definition.rule.kind === 'comm-loss' && equipment?.deviceId === '')
    return {
      cause: gatewayCause(gatewayId),
      equipmentIds: book
        .ofGateway(gatewayId)
        .flatMap((one) => (one.equipment.deviceId === '' ? [] : [one.equipment.id])),
    };
  const onBus = definition.rule.kind === 'comm-loss' && equipment !== undefined ? book.onBus(equipment) : [];
  if (onBus.length > 0) return { cause: busCause(equipmentId), equipmentIds: onBus.map((one) => one.equipment.id) };
  if (definition.lossOf === null) return { cause: null, equipmentIds: [] };
  return { cause: feedCause(rule), equipmentIds: feeds.fedBy(equipmentId, definition.lossOf) };
}
