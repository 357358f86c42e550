// The master alarm list as a table; its review columns can be edited and imported again.
import type { AlarmDefinition } from '../../contract/alarm-register.ts';
import { type Cell, writeCsv } from './csv.ts';

type Column = readonly [name: string, cell: (entry: AlarmDefinition) => Cell];

const limits = ({ limits: all, deviation }: AlarmDefinition): string =>
  all
    .flatMap(({ above, below, priority }) => [
      ...(above === null ? [] : [`P${priority} > ${above}`]),
      ...(below === null ? [] : [`P${priority} < ${below}`]),
    ])
    .map((limit) => (deviation ? `${limit} from the set-point` : limit))
    .join('; ');

const COLUMNS: readonly Column[] = [
  ['class', (entry) => entry.class],
  ['alarm', (entry) => entry.alarm],
  ['kind', (entry) => entry.kind],
  ['because', (entry) => entry.because.join('; ')],
  ['classZh', (entry) => entry.classLabel.zh],
  ['classEn', (entry) => entry.classLabel.en],
  ['textZh', (entry) => entry.text.zh],
  ['textEn', (entry) => entry.text.en],
  ['priority', (entry) => entry.priority],
  ['equipment', (entry) => entry.equipment],
  ['point', (entry) => entry.point],
  ['rule', (entry) => entry.rule],
  ['limits', limits],
  ['unit', (entry) => entry.unit],
  ['deadband', (entry) => entry.deadband],
  ['onDelayS', (entry) => entry.onDelayS],
  ['offDelayS', (entry) => entry.offDelayS],
  ['suppressedBy', (entry) => entry.suppressedBy.join('; ')],
  ['latching', (entry) => entry.latching],
  ['shelvable', (entry) => entry.shelvable],
  ['reAlarm', ({ reAlarm }) => (reAlarm === null ? null : `${reAlarm.times} x ${reAlarm.afterMin} min`)],
  ['workOrder', ({ workOrder }) => (workOrder === null ? null : `${workOrder.kind}: ${workOrder.failureClass}`)],
  ['causeZh', (entry) => entry.cause.zh],
  ['causeEn', (entry) => entry.cause.en],
  ['consequenceZh', (entry) => entry.consequence.zh],
  ['consequenceEn', (entry) => entry.consequence.en],
  ['actionZh', (entry) => entry.action.zh.join('\n')],
  ['actionEn', (entry) => entry.action.en.join('\n')],
  ['timeToRespondMin', (entry) => entry.timeToRespondMin],
  ['owner', (entry) => entry.owner],
  ['reviewedOn', (entry) => entry.reviewedOn],
  ['approvedBy', (entry) => entry.approvedBy],
  ['reviewDue', (entry) => entry.reviewDue],
  ['review', (entry) => entry.review],
];

export const exportCsv = (entries: readonly AlarmDefinition[]): string =>
  writeCsv([COLUMNS.map(([name]) => name), ...entries.map((entry) => COLUMNS.map(([, cell]) => cell(entry)))]);
