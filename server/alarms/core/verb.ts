// What a person may do to an alarm, as data, and what the core decides about it. Live routes and rehearsals share it.
import type { Definition } from './definition.ts';
import type { AlarmRecord } from './facts.ts';
import { acknowledge, agree, type Decision, refuse, reset } from './machine.ts';
import { returnToService, takeOutOfService } from './out-of-service.ts';
import { shelve, unshelve } from './shelving.ts';
import type { Change, Stamp } from './transition.ts';

export type Verb =
  | {
      readonly verb: 'acknowledge';
      /** The activation the person saw; an acknowledgement of an older one is refused. */
      readonly activationSeq?: number | undefined;
      readonly comment?: string | undefined;
    }
  | { readonly verb: 'reset' }
  | { readonly verb: 'silence'; readonly console: string }
  | { readonly verb: 'comment'; readonly text: string }
  | {
      readonly verb: 'shelve';
      readonly minutes: number;
      readonly reason: string;
      readonly oneShot?: boolean | undefined;
    }
  | { readonly verb: 'unshelve' }
  | {
      readonly verb: 'take-out-of-service';
      readonly reason: string;
      readonly reference: string;
      readonly reviewAtMs: number;
    }
  | { readonly verb: 'return-to-service' };

export function decide(definition: Definition, record: AlarmRecord, request: Verb, stamp: Stamp): Decision {
  switch (request.verb) {
    case 'acknowledge':
      return acknowledge(record, { activationSeq: request.activationSeq, comment: request.comment ?? null }, stamp);
    case 'reset':
      return reset(record, stamp);
    case 'silence':
      return remark(record, { event: 'SILENCED', console: request.console }, stamp);
    case 'comment':
      return remark(record, { event: 'COMMENT', text: request.text }, stamp);
    case 'shelve':
      return shelve(record, { ...request, shelvable: definition.shelvable }, stamp);
    case 'unshelve':
      return unshelve(record, 'person', stamp);
    case 'take-out-of-service':
      return takeOutOfService(record, request, stamp);
    case 'return-to-service':
      return returnToService(record, stamp);
  }
}

/** Said about an occurrence: one that has just been closed has nothing to add to. */
const remark = ({ occurrence }: AlarmRecord, change: Change, stamp: Stamp): Decision =>
  occurrence === null ? refuse('invalid-transition', 'the alarm is closed') : agree(stamp, change);
