// Takes the gateways' outcomes in the transaction that commits their readings: an outcome is acknowledged exactly when it
// is in the database.
import { COMMAND_OUTCOME_POINT, parseOutcome } from '@louwei/gateway/sparkplug';
import type { Command } from '../contract/commands.ts';
import type { BatchParticipant, IngestedSample } from '../ingest/participant.ts';
import type { Trx } from '../migrations/tables.ts';
import { writeAudit } from '../people/audit.ts';
import { step } from './core/life-cycle.ts';
import { lifeOf, lockCommand, saveLife, toCommand } from './store.ts';

export function createOutcomes(onChanged: (commands: readonly Command[]) => void): BatchParticipant {
  let changed: Command[] = [];
  return {
    name: 'commands',
    async apply(trx, { samples, nowMs }) {
      changed = [];
      for (const sample of samples) {
        if (sample.point !== COMMAND_OUTCOME_POINT || sample.text === null) continue;
        const done = await takeOutcome(trx, sample, sample.text, nowMs);
        if (done !== null) changed.push(done);
      }
    },
    committed() {
      if (changed.length > 0) onChanged(changed);
      changed = [];
    },
    rolledBack() {
      changed = [];
    },
  };
}

/** @returns null for what is no outcome of a command of this equipment, and for one that is known already. */
async function takeOutcome(trx: Trx, sample: IngestedSample, text: string, nowMs: number): Promise<Command | null> {
  const told = parseOutcome(text);
  if (told === undefined) return null;
  const row = await lockCommand(trx, told.id);
  if (row === undefined || row.equipment_id !== sample.equipmentId) return null;
  const { state, code, reason, readBack = null } = told;
  const next = step(lifeOf(row), { kind: 'outcome', state, code, reason, readBack, nowMs: sample.timeMs });
  if (!next.ok) return null;
  const saved = await saveLife(trx, row.id, next.life);
  const detail = { equipment: row.equipment_id, point: row.point, value: row.value, state, code, reason, readBack };
  await writeAudit(trx, { atMs: nowMs, actor: 'system', action: 'command-ended', target: row.id, detail });
  return toCommand(saved);
}
