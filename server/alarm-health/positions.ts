// The operating positions in memory, and their routes. Whoever changes them is recorded.
import type { EquipmentDirectory } from '../assets/directory.ts';
import { type OperatingPosition, operatingPositions } from '../contract/alarm-health.ts';
import type { Db } from '../migrations/tables.ts';
import { writeAudit } from '../people/audit.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import { CONTROL_ROOM, faultOf, positionOf, withDefault } from './core/position.ts';
import { loadPositions, savePositions } from './store.ts';

export interface Positions {
  /** The default position last. */
  all(): readonly OperatingPosition[];
  nameOf(id: string): OperatingPosition['name'];
  of(equipmentId: string): string;
  load(): Promise<void>;
  onChange(listener: () => Promise<void>): void;
  readonly routes: readonly AnyRoute[];
}

export function createPositions(db: Db, directory: EquipmentDirectory, now: () => number): Positions {
  let present: readonly OperatingPosition[] = [CONTROL_ROOM];
  const listeners: (() => Promise<void>)[] = [];

  async function replace(items: readonly OperatingPosition[], actor: string, ip: string): Promise<void> {
    const fault = faultOf(items);
    if (fault !== null) throw new ProblemError(400, 'invalid-request', fault);
    const before = present;
    const after = withDefault(items);
    await db.transaction().execute(async (trx) => {
      await savePositions(trx, after);
      await writeAudit(trx, {
        atMs: now(),
        actor,
        action: 'operating-positions-changed',
        detail: { before, after },
        ip,
      });
    });
    present = after;
    for (const listener of listeners) await listener();
  }

  const tag = 'alarm system';
  return {
    all: () => present,
    nameOf: (id) => (present.find((one) => one.id === id) ?? CONTROL_ROOM).name,
    of: (equipmentId) => positionOf(present, directory.equipment(equipmentId)),
    async load() {
      present = withDefault(await loadPositions(db));
    },
    onChange: (listener) => void listeners.push(listener),
    routes: [
      route({
        method: 'GET',
        path: '/api/v1/operating-positions',
        permission: 'alarm:read',
        summary: 'Operating positions and what each looks after, the default one last',
        tag,
        answer: operatingPositions,
        handle: async () => ({ body: { items: [...present] } }),
      }),
      route({
        method: 'PUT',
        path: '/api/v1/operating-positions',
        permission: 'alarm-system:manage',
        summary: 'Replace the operating positions; figures and floods are counted anew with them',
        tag,
        body: operatingPositions,
        answer: operatingPositions,
        async handle({ body, caller, ip }) {
          await replace(body.items, caller.username, ip);
          return { body: { items: [...present] } };
        },
      }),
    ],
  };
}
