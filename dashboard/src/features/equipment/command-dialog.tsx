// Commands one point: new value and reason, then what exactly will happen, then sent - never with one slip of the hand.
import './commands.css';
import type { equipment } from '@louwei/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { issueCommand } from '../../api/commands.ts';
import { newRequestId } from '../../api/plant.ts';
import type { PointNow } from '../../live/core/state.ts';
import { useCanAct } from '../../live/hooks.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { valueText } from '../../ui/point-text.ts';
import { PointValue } from '../../ui/point-value.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isReason, ReasonField } from '../../ui/reason-field.tsx';
import { useWords } from '../../ui/words.ts';
import { choicesOf, valueOfEntry } from './core/command.ts';

interface Props {
  readonly item: equipment.EquipmentDetail;
  readonly point: equipment.PointDescription;
  readonly write: equipment.PointWrite;
  readonly now: PointNow | undefined;
  readonly onClose: () => void;
}

export const CommandDialog = ({ item, point, write, now, onClose }: Props) => {
  const { t, say, language } = useWords();
  const queries = useQueryClient();
  const canAct = useCanAct();
  const [entry, setEntry] = useState('');
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState<{ readonly value: number; readonly requestId: string } | null>(null);
  const seen = now?.quality === 'good' && typeof now.value === 'number' ? now.value : null;
  const [seenAtCheck, setSeenAtCheck] = useState<number | null>(null);
  const send = useMutation({
    mutationFn: (command: { readonly value: number; readonly requestId: string }) =>
      issueCommand({
        equipmentId: item.id,
        point: point.point,
        reason: reason.trim(),
        ...command,
        ...(seenAtCheck === null ? {} : { expectedCurrent: seenAtCheck }),
      }),
    onSuccess: () => {
      onClose();
      return queries.invalidateQueries({ queryKey: ['commands', item.id] });
    },
  });
  const unit = point.unit === null ? '' : ` ${point.unit}`;
  const told = (value: number | null): string => `${valueText(value, point, language)}${value === null ? '' : unit}`;
  const choices = choicesOf(point);
  const judged = valueOfEntry(entry, write);
  const limits = { low: write.range[0], high: write.range[1], step: write.step, unit };
  const labelOf = (name: string): string => {
    const found = item.points.find((one) => one.point === name);
    return found === undefined ? name : say(found.label);
  };
  return (
    <ModalDialog title={`${t('command.title')} · ${say(point.label)}`} onClose={onClose}>
      {checked === null ? (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (!('value' in judged)) return;
            setSeenAtCheck(seen);
            setChecked({ value: judged.value, requestId: newRequestId() });
          }}
        >
          <p>
            {t('command.now')}: <PointValue now={now} point={point} online={item.online} />
          </p>
          <Field label={t('command.newValue')} {...(choices.length > 0 ? {} : { hint: t('command.limits', limits) })}>
            {(id) =>
              choices.length > 0 ? (
                <select
                  id={id}
                  data-testid="command-value"
                  value={entry}
                  onChange={(event) => setEntry(event.target.value)}
                >
                  <option value="">–</option>
                  {choices.map((value) => (
                    <option key={value} value={value}>
                      {told(value)}
                    </option>
                  ))}
                </select>
              ) : (
                <input
                  id={id}
                  data-testid="command-value"
                  inputMode="decimal"
                  autoComplete="off"
                  value={entry}
                  onChange={(event) => setEntry(event.target.value)}
                />
              )
            }
          </Field>
          {entry !== '' && 'fault' in judged && <p className="problem">{t(`command.fault.${judged.fault}`, limits)}</p>}
          <ReasonField label={t('command.reason')} testId="command-reason" value={reason} onChange={setReason} />
          <div className="row">
            <Button
              type="submit"
              className="primary"
              data-testid="command-check"
              isDisabled={!('value' in judged) || !isReason(reason)}
            >
              {t('command.check')}
            </Button>
            <Button onPress={onClose}>{t('common.cancel')}</Button>
          </div>
        </form>
      ) : (
        <div className="stack" data-testid="command-confirm">
          <p className="command-change">
            <span>{say(item.name)}</span>
            <b>
              {told(seenAtCheck)} → {told(checked.value)}
            </b>
          </p>
          <ul className="command-steps">
            {write.twoPersons && <li>{t('command.willWait')}</li>}
            {write.interlock.length > 0 && (
              <li>{t('command.willCheck', { points: write.interlock.map(labelOf).join(t('command.comma')) })}</li>
            )}
            <li>{t('command.willWrite', { expiryS: write.expiryS })}</li>
            <li>{t('command.willRead', { point: labelOf(write.readBack.point), withinS: write.readBack.withinS })}</li>
          </ul>
          <ProblemNote error={send.error} />
          <div className="row">
            <Button
              className="primary"
              data-testid="command-send"
              isDisabled={!canAct || send.isPending}
              onPress={() => send.mutate(checked)}
            >
              {t(write.twoPersons ? 'command.request' : 'command.send')}
            </Button>
            <Button
              onPress={() => {
                send.reset();
                setChecked(null);
              }}
            >
              {t('command.back')}
            </Button>
          </div>
        </div>
      )}
    </ModalDialog>
  );
};
