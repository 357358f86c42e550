// Acknowledging one or many alarms: each names the activation the operator saw.
import type { alarms } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { acknowledgeAlarm } from '../../api/plant.ts';
import { failureCode } from '../../api/request.ts';

export interface AckFailure {
  readonly count: number;
  readonly code: ReturnType<typeof failureCode>;
}

/** Few requests at once: a page of alarms must not become a burst. */
const AT_ONCE = 4;

const acknowledgeAll = async (list: readonly alarms.Alarm[], comment: string): Promise<AckFailure | null> => {
  const waiting = [...list];
  const faults: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await acknowledgeAlarm(next.id, next.activationSeq, comment).catch((error: unknown) => faults.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return faults.length === 0 ? null : { count: faults.length, code: failureCode(faults[0]) };
};

export const useAcknowledge = () =>
  useMutation({
    mutationFn: ({ list, comment = '' }: { readonly list: readonly alarms.Alarm[]; readonly comment?: string }) =>
      acknowledgeAll(list, comment),
  });
