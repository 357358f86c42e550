// What a step of a work order asks the person for, and who may take it. The server decides; this only hides what it
// would refuse.
import type { people, workOrders } from '@louwei/server/contract';

type Step = workOrders.WorkOrderStep;
type State = workOrders.WorkOrderState;

export interface StepForm {
  readonly permission: people.Permission;
  readonly reason: 'none' | 'text' | 'hold';
  readonly person: boolean;
  readonly note: 'optional' | 'required';
  /** The step the person most likely wants: shown large and first. */
  readonly forward: boolean;
}

const own = { permission: 'work-order:work', reason: 'none', person: false, note: 'optional', forward: true } as const;
const desk = {
  permission: 'work-order:dispatch',
  reason: 'none',
  person: false,
  note: 'optional',
  forward: false,
} as const;

export const STEP_FORMS: Readonly<Record<Exclude<Step, 'create'>, StepForm>> = {
  dispatch: { ...desk, person: true, forward: true },
  accept: own,
  reject: { ...own, reason: 'text', forward: false },
  depart: own,
  arrive: own,
  start: own,
  hold: { ...own, reason: 'hold', forward: false },
  resume: own,
  complete: { ...own, note: 'required' },
  verify: { ...own, permission: 'work-order:verify' },
  'reject-verify': { ...own, permission: 'work-order:verify', reason: 'text', forward: false },
  cancel: { ...desk, reason: 'text' },
  reassign: { ...desk, person: true },
};

export type TakeableStep = keyof typeof STEP_FORMS;
const isTakeable = (step: Step): step is TakeableStep => step !== 'create';

/** Steps this person may take now, the likely ones first. */
export const stepsFor = (
  steps: readonly Step[],
  permissions: readonly people.Permission[],
): readonly TakeableStep[] => {
  const allowed = steps.filter(isTakeable).filter((step) => permissions.includes(STEP_FORMS[step].permission));
  return [
    ...allowed.filter((step) => STEP_FORMS[step].forward),
    ...allowed.filter((step) => !STEP_FORMS[step].forward),
  ];
};

export type Column = 'waiting' | 'travelling' | 'working' | 'verifying';
export const COLUMNS: readonly Column[] = ['waiting', 'travelling', 'working', 'verifying'];

export const columnOf = (state: State): Column | null => {
  switch (state) {
    case 'NEW':
    case 'DISPATCHED':
      return 'waiting';
    case 'ACCEPTED':
    case 'EN_ROUTE':
      return 'travelling';
    case 'ON_SITE':
    case 'IN_PROGRESS':
    case 'ON_HOLD':
      return 'working';
    case 'DONE':
      return 'verifying';
    case 'CLOSED':
    case 'CANCELLED':
      return null;
  }
};

/** Most urgent first, then the one that waits longest. */
export const compareOrders = (
  a: Pick<workOrders.WorkOrder, 'priority' | 'createdAt' | 'id'>,
  b: Pick<workOrders.WorkOrder, 'priority' | 'createdAt' | 'id'>,
): number => a.priority - b.priority || a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);
