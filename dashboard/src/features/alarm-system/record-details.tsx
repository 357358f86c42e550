// The rationalisation record of one alarm.
import type { alarmRegister } from '@louwei/server/contract';
import { useWords } from '../../ui/words.ts';

export const RecordDetails = ({ entry }: { readonly entry: alarmRegister.AlarmDefinition }) => {
  const { t, say, code, language } = useWords();
  const yesNo = (value: boolean): string => t(value ? 'alarmList.yes' : 'alarmList.no');
  const facts: readonly (readonly [label: string, value: string])[] = [
    ...entry.because.map((reason) => [t('alarmList.event'), t(`notAlarm.${reason}`)] as const),
    [t('alarmList.rule'), entry.rule],
    [t('alarmList.delays'), `${entry.onDelayS} s / ${entry.offDelayS} s`],
    [t('alarmList.respond'), entry.kind === 'event' ? '–' : t('alarmList.minutes', { count: entry.timeToRespondMin })],
    [t('alarmList.equipment'), String(entry.equipment)],
    [t('alarmList.latching'), yesNo(entry.latching)],
    [t('alarmList.shelvable'), yesNo(entry.shelvable)],
    [t('alarmList.suppressedBy'), entry.suppressedBy.join(', ') || '–'],
    [
      t('alarmList.reAlarm'),
      entry.reAlarm === null
        ? '–'
        : t('alarmList.reAlarmText', { times: entry.reAlarm.times, minutes: entry.reAlarm.afterMin }),
    ],
    [
      t('alarmList.workOrder'),
      entry.workOrder === null
        ? '–'
        : `${code('orderKind', entry.workOrder.kind)} · ${code('skill', entry.workOrder.skill)}`,
    ],
    [t('alarmList.owner'), entry.owner ?? '–'],
    [t('alarmList.reviewedOn'), entry.reviewedOn ?? '–'],
    [t('alarmList.approvedBy'), entry.approvedBy ?? '–'],
    [t('alarmList.reviewDue'), entry.reviewDue ?? '–'],
  ];
  return (
    <div className="record stack">
      <dl className="record-texts">
        <dt>{t('response.cause')}</dt>
        <dd>{say(entry.cause) || '–'}</dd>
        <dt>{t('response.consequence')}</dt>
        <dd>{say(entry.consequence) || '–'}</dd>
        <dt>{t('response.action')}</dt>
        <dd>
          <ol>
            {entry.action[language].map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </dd>
      </dl>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={`${label} ${value}`}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
};
