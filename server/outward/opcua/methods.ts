// What a client may do to a condition: the same verbs, permissions and journal as at the dashboard, in the name of the
// person who signed in. Status codes are those of Part 9 5.5-5.8.
import { type CallMethodResultOptions, type StatusCode, StatusCodes, type UAMethod, type Variant } from 'node-opcua';
import type { Alarm } from '../../contract/alarms.ts';
import { writeAudit } from '../../people/audit.ts';
import { ProblemError } from '../../platform/http/route.ts';
import type { OutwardContext } from '../port.ts';
import type { Condition } from './condition.ts';
import { maxShelfMinutes } from './core/mapping.ts';

interface Call {
  readonly username: string;
  readonly args: readonly Variant[];
  readonly condition: Condition;
}
interface Conditions {
  readonly eventIds: {
    find(id: string): { readonly alarmId: string; readonly activationSeq: number } | undefined;
  };
  flush(alarm: Alarm): void;
  commented(alarmId: string, text: string): void;
}
interface Named {
  getUserName(): string;
}
interface Done {
  readonly changed: boolean;
  readonly alarm: Alarm;
}

const MAX_COMMENT = 500;

/** A refusal that has a status of its own in OPC UA. */
class MethodRefused extends Error {
  readonly status: StatusCode;
  constructor(status: StatusCode) {
    super(status.toString());
    this.status = status;
  }
}
const refuse = (status: StatusCode): never => {
  throw new MethodRefused(status);
};

const textOf = (comment: Variant | undefined): string => {
  const text = String(comment?.value?.text ?? '').trim();
  return text.length > MAX_COMMENT ? refuse(StatusCodes.BadOutOfRange) : text;
};

/** Binds the methods of one condition. */
export function createMethods(context: OutwardContext, conditions: () => Conditions): (condition: Condition) => void {
  const { alarms, people, db, now, log } = context;

  const seenIn = ({ args }: Call) =>
    conditions().eventIds.find(Buffer.from(args[0]?.value ?? []).toString('hex')) ??
    refuse(StatusCodes.BadEventIdUnknown);

  /** Duration in ms; the shelf's reason says where it came from, because the method carries none. */
  const shelve = ({ condition, username }: Call, minutes: number, oneShot: boolean): Promise<Done> =>
    alarms.shelve(condition.alarm.id, username, {
      minutes,
      reason: oneShot ? 'OPC UA OneShotShelve' : 'OPC UA TimedShelve',
      oneShot,
    });

  /** The event that follows carries the comment; when nothing follows, no later one may. */
  async function withComment(alarmId: string, comment: string, act: () => Promise<Done>): Promise<Done> {
    conditions().commented(alarmId, comment);
    try {
      const done = await act();
      if (!done.changed) conditions().commented(alarmId, '');
      return done;
    } catch (error) {
      conditions().commented(alarmId, '');
      throw error;
    }
  }

  const verbs = {
    async acknowledge(call: Call): Promise<Done> {
      const { alarmId, activationSeq } = seenIn(call);
      const comment = textOf(call.args[1]);
      const request = { activationSeq, ...(comment === '' ? {} : { comment }) };
      const done = await withComment(alarmId, comment, () => alarms.acknowledge(alarmId, call.username, request));
      return done.changed ? done : refuse(StatusCodes.BadConditionBranchAlreadyAcked);
    },
    async addComment(call: Call): Promise<Done> {
      const { alarmId } = seenIn(call);
      const comment = textOf(call.args[1]);
      if (comment === '') refuse(StatusCodes.BadInvalidArgument);
      return withComment(alarmId, comment, () => alarms.comment(alarmId, call.username, comment));
    },
    timedShelve(call: Call): Promise<Done> {
      const minutes = Number(call.args[0]?.value) / 60_000;
      const most = maxShelfMinutes(call.condition.alarm.priority);
      if (!(minutes > 0 && minutes <= most)) refuse(StatusCodes.BadShelvingTimeOutOfRange);
      return shelve(call, minutes, false);
    },
    oneShotShelve: (call: Call) => shelve(call, maxShelfMinutes(call.condition.alarm.priority), true),
    unshelve({ condition, username }: Call): Promise<Done> {
      if (condition.alarm.shelvedUntil === null) refuse(StatusCodes.BadConditionNotShelved);
      return alarms.unshelve(condition.alarm.id, username);
    },
    silence: ({ condition, username }: Call) => alarms.silence(condition.alarm.id, username, 'OPC UA'),
    reset: ({ condition, username }: Call) => alarms.reset(condition.alarm.id, username),
    /** A condition that can be switched off by a client would hide alarms from everybody. */
    switchOff: () => refuse(StatusCodes.BadNotSupported),
  };

  const bind = (
    method: UAMethod | undefined,
    condition: Condition,
    permission: string,
    verb: (call: Call) => Promise<Done> | Done,
  ): void => {
    const run = async (args: readonly Variant[], username: string): Promise<StatusCode> => {
      try {
        const caller = await people.callerOf(username);
        if (caller === null || !people.permits(caller, permission)) return StatusCodes.BadUserAccessDenied;
        await verb({ args, condition, username: caller.username });
        conditions().flush(condition.alarm);
        return StatusCodes.Good;
      } catch (error) {
        return statusOf(error, log);
      }
    };
    /** Also what was refused is in the record. */
    const recorded = async (args: readonly Variant[], { getUserName }: Named): Promise<CallMethodResultOptions> => {
      const username = getUserName() || 'unknown';
      const statusCode = await run(args, username);
      const detail = { method: method?.browseName.name, result: statusCode.name };
      const target = `${condition.alarm.equipmentId}/${condition.alarm.alarm}`;
      await writeAudit(db, { atMs: now(), actor: username, action: 'opc-ua-method', target, detail });
      return { statusCode, outputArguments: [] };
    };
    method?.bindMethod((args, session, callback) => {
      recorded(args, { getUserName: () => session.getUserName?.() ?? '' }).then(
        (result) => callback(null, result),
        (error: unknown) => callback(null, { statusCode: statusOf(error, log) }),
      );
    });
  };

  return (condition) => {
    const { node } = condition;
    bind(node.acknowledge, condition, 'alarm:acknowledge', verbs.acknowledge);
    bind(node.addComment, condition, 'alarm:comment', verbs.addComment);
    bind(node.shelvingState?.timedShelve, condition, 'alarm:shelve', verbs.timedShelve);
    bind(node.shelvingState?.oneShotShelve, condition, 'alarm:shelve', verbs.oneShotShelve);
    bind(node.shelvingState?.unshelve, condition, 'alarm:shelve', verbs.unshelve);
    bind(node.silence, condition, 'alarm:silence', verbs.silence);
    bind(node.reset, condition, 'alarm:reset', verbs.reset);
    bind(node.enable, condition, 'alarm:read', verbs.switchOff);
    bind(node.disable, condition, 'alarm:read', verbs.switchOff);
  };
}

function statusOf(error: unknown, log: OutwardContext['log']): StatusCode {
  if (error instanceof MethodRefused) return error.status;
  if (error instanceof ProblemError) {
    // The activation that the event spoke of is over: the client has to look again.
    if (error.code === 'conflict' || error.status === 404) return StatusCodes.BadEventIdUnknown;
    return error.status === 400 ? StatusCodes.BadInvalidArgument : StatusCodes.BadInvalidState;
  }
  log.error({ err: error }, 'a call of an OPC UA client failed');
  return StatusCodes.BadInternalError;
}
