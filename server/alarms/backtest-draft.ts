// From the request of a back-test to the two definitions that are compared.
import type { AlarmDefinition, EquipmentClass } from '@louwei/device-profiles';
import type { z } from 'zod';
import type { backtestRequest } from '../contract/backtest.ts';
import { ProblemError } from '../platform/http/route.ts';
import { type Definition, definitionsOf } from './core/definition.ts';
import { changesOf, type Settings, withChanges } from './core/settings.ts';
import { checkSettings, explain } from './core/settings-check.ts';

type Draft = z.output<typeof backtestRequest>['draft'];

const invalid = (detail: string): ProblemError => new ProblemError(400, 'invalid-request', detail);

export function definitionsToCompare(
  described: EquipmentClass,
  settings: Settings,
  { alarm, draft }: { readonly alarm: string; readonly draft: Draft },
): { readonly today: Definition | null; readonly draft: Definition } {
  const find = (definitions: readonly Definition[]) => definitions.find((definition) => definition.alarm === alarm);
  const today = find(definitionsOf(described, settings)) ?? null;
  if ('rule' in draft) return { today, draft: ruleDraft(described, alarm, draft) };
  const next = withChanges(settings, changesOf(described, settings, draft.values));
  const problems = checkSettings(described, next);
  if (problems.length > 0) throw invalid(`draft.values: ${problems.map(explain).join('; ')}`);
  const drafted = find(definitionsOf(described, next));
  if (drafted === undefined)
    throw invalid(
      `alarm: found ${alarm}, expected one of class ${described.class}: ${Object.keys(described.alarms).join(', ')}`,
    );
  return { today, draft: drafted };
}

/** A rule needs no rationalisation to be tried out; it needs it to become an alarm. */
function ruleDraft(described: EquipmentClass, alarm: string, draft: Extract<Draft, { rule: unknown }>): Definition {
  const nothing = { zh: '', en: '' };
  const record: AlarmDefinition = {
    latching: false,
    shelvable: true,
    text: nothing,
    cause: nothing,
    consequence: nothing,
    action: { zh: [], en: [] },
    timeToRespondMin: 1,
    consequenceOf: [],
    ...draft,
  };
  try {
    const [definition] = definitionsOf({ ...described, alarms: { [alarm]: record } });
    if (definition !== undefined) return definition;
  } catch (error) {
    throw invalid(`draft.rule: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw invalid('draft.rule: found nothing to evaluate');
}
