// What would help against an alarm that chatters or is fleeting (Emerson / ISA-TR18.2.3: an on-delay cures fleeting, an
// off-delay or a wider deadband cures chatter). A proposal is data; a back-test shows what it would have done.
import type { Definition } from '../../alarms/core/definition.ts';
import type { Proposal } from '../../contract/alarm-health.ts';
import type { AlarmTally } from './tally.ts';

export type Advice = Pick<Proposal, 'kind' | 'from' | 'to' | 'unit' | 'reason'>;

/** A longer off-delay would show as present what has long gone. */
const MAX_OFF_DELAY_S = 300;
/** "A bit wider than the noise". */
const MARGIN = 1.1;

const roundedUp = (seconds: number): number => Math.ceil(seconds / 5) * 5;
const twoDigits = (value: number): number => Number(value.toPrecision(2));

/** @param noise peak to peak of the point while it chattered; null when nothing was measured. */
export function adviceFor(own: AlarmTally, definition: Definition, noise: number | null): readonly Advice[] {
  return [chatter(own, definition, noise), fleeting(own, definition)].filter((advice) => advice !== null);
}

function chatter(own: AlarmTally, { rule, offDelayMs, show }: Definition, noise: number | null): Advice | null {
  if (!own.chatter) return null;
  if ('deadband' in rule && noise !== null) {
    const to = twoDigits(noise * MARGIN);
    const { unit } = show(null);
    if (to > rule.deadband)
      return {
        kind: 'deadband',
        from: rule.deadband,
        to,
        unit,
        reason: {
          zh: `报警抖动时测得噪声峰峰值为 ${twoDigits(noise)} ${unit ?? ''}，死区应略大于噪声`,
          en: `the value swung by ${twoDigits(noise)} ${unit ?? ''} while it chattered; a deadband has to be a bit wider than the noise`,
        },
      };
  }
  const pauseS = Math.ceil(own.chatterPauseMs / 1000);
  const to = Math.min(MAX_OFF_DELAY_S, roundedUp(pauseS * MARGIN));
  if (to <= offDelayMs / 1000) return null;
  return {
    kind: 'off-delay',
    from: offDelayMs / 1000,
    to,
    unit: 's',
    reason: {
      zh: `抖动时两次报警相隔最长 ${pauseS} 秒，恢复延时更长即合并为一次报警`,
      en: `while it chattered it came back after at most ${pauseS} s; a longer off-delay makes it one alarm`,
    },
  };
}

/** Not longer than a tenth of the time to respond: the delay is taken from the operator's time. */
function fleeting({ fleetingMs }: AlarmTally, { onDelayMs, record }: Definition): Advice | null {
  if (fleetingMs.length === 0) return null;
  const longestS = Math.ceil(Math.max(...fleetingMs) / 1000);
  const from = onDelayMs / 1000;
  const most = Math.floor(record.timeToRespondMin * 6);
  const to = Math.min(most, roundedUp(from + longestS + 1));
  if (to <= from) return null;
  return {
    kind: 'on-delay',
    from,
    to,
    unit: 's',
    reason: {
      zh: `${fleetingMs.length} 次报警在 ${longestS} 秒内无人处理即自行消失`,
      en: `${fleetingMs.length} activations were gone within ${longestS} s without anybody acting`,
    },
  };
}
