// The steps this person may take now. A step is confirmed with what it needs: a reason, a person, a note.
import type { people, workOrders } from '@louwei/server/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { newRequestId, type StepBody, takeStep } from '../../api/plant.ts';
import { failureCode } from '../../api/request.ts';
import { fetchPeople } from '../../api/session.ts';
import { useMay, useSession } from '../../app/session.ts';
import { useCanAct } from '../../live/hooks.ts';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isReason, ReasonField } from '../../ui/reason-field.tsx';
import { useWords } from '../../ui/words.ts';
import { STEP_FORMS, stepsFor, type TakeableStep } from './core/steps.ts';

const HOLD_REASONS = [
  'customer-access',
  'spare-part',
  'supplier',
  'safety-or-weather',
  'power-off-window',
] as const satisfies readonly (typeof workOrders.HOLD_REASONS)[number][];

interface Props {
  readonly id: string;
  readonly steps: readonly workOrders.WorkOrderStep[];
  readonly onTaken: () => void;
}
interface Draft {
  readonly step: TakeableStep;
  readonly reason: string;
  readonly assignee: string;
  readonly confirmActive: boolean;
  /** One for all repetitions of this press: the server answers a repeated one with its first result. */
  readonly requestId: string;
}

export const OrderSteps = ({ id, steps, onTaken }: Props) => {
  const { t } = useWords();
  const { permissions } = useSession();
  const canAct = useCanAct();
  const mayNote = useMay('work-order:work');
  const [draft, setDraft] = useState<Draft | null>(null);
  const [note, setNote] = useState('');
  const take = useMutation({
    mutationFn: ({ step, body }: { readonly step: TakeableStep; readonly body: StepBody }) => takeStep(id, step, body),
    onSuccess: () => {
      setDraft(null);
      setNote('');
      onTaken();
    },
  });
  const send = (step: TakeableStep, from: Pick<Draft, 'reason' | 'assignee' | 'confirmActive' | 'requestId'>): void => {
    const words = note.trim();
    take.mutate({
      step,
      body: {
        ...(words === '' ? {} : { note: words }),
        ...(from.reason === '' ? {} : { reason: from.reason.trim() }),
        ...(from.assignee === '' ? {} : { assignee: from.assignee }),
        ...(from.confirmActive ? { confirmActive: true } : {}),
        requestId: from.requestId,
        clientTime: new Date().toISOString(),
      },
    });
  };
  const begin = (step: TakeableStep): void => {
    const fresh: Draft = { step, reason: '', assignee: '', confirmActive: false, requestId: newRequestId() };
    const form = STEP_FORMS[step];
    if (form.reason === 'none' && !form.person && form.note === 'optional') send(step, fresh);
    else setDraft(fresh);
  };
  const offered = stepsFor(steps, permissions);
  const form = draft === null ? null : STEP_FORMS[draft.step];
  const complete =
    draft !== null &&
    form !== null &&
    (form.reason === 'none' || (form.reason === 'text' ? isReason(draft.reason) : draft.reason !== '')) &&
    (!form.person || draft.assignee !== '') &&
    (form.note === 'optional' || note.trim() !== '');
  const blocked = !canAct || take.isPending;
  const alarmActive = draft?.step === 'complete' && take.error !== null && failureCode(take.error) === 'alarm-active';
  return (
    <section className="steps stack">
      {offered.length === 0 && <p className="muted">{t('orders.nothingToDo')}</p>}
      <div className="step-buttons">
        {offered.map((step, index) => (
          <Button
            key={step}
            className={index === 0 && STEP_FORMS[step].forward ? 'primary' : ''}
            data-testid={`step-${step}`}
            isDisabled={blocked}
            onPress={() => begin(step)}
          >
            {t(`orderStep.${step}`)}
          </Button>
        ))}
      </div>
      {(mayNote || draft !== null) && (
        <Field label={t('orders.noteLabel')}>
          {(fieldId) => (
            <textarea
              id={fieldId}
              data-testid="note"
              rows={2}
              maxLength={2000}
              placeholder={t('orders.notePlaceholder')}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
      )}
      {draft !== null && form !== null && (
        <div className="panel stack">
          <b>{t(`orderStep.${draft.step}`)}</b>
          {form.reason === 'hold' && (
            <Choice
              label={t('orders.reason')}
              value={draft.reason}
              onChange={(reason) => setDraft({ ...draft, reason })}
              options={HOLD_REASONS.map((reason) => [reason, t(`holdReason.${reason}`)])}
            />
          )}
          {form.reason === 'text' && (
            <ReasonField
              label={t('orders.reason')}
              testId="reason"
              longest={200}
              value={draft.reason}
              onChange={(reason) => setDraft({ ...draft, reason })}
            />
          )}
          {form.person && (
            <PersonChoice value={draft.assignee} onChange={(assignee) => setDraft({ ...draft, assignee })} />
          )}
          {alarmActive && (
            <p className="problem" role="alert">
              {t('problem.alarm-active')}
            </p>
          )}
          {(alarmActive || draft.confirmActive) && (
            <label className="check">
              <input
                type="checkbox"
                data-testid="confirm-active"
                checked={draft.confirmActive}
                onChange={(event) => setDraft({ ...draft, confirmActive: event.target.checked })}
              />
              {t('orders.confirmActive')}
            </label>
          )}
          <div className="step-buttons">
            <Button
              className="primary"
              data-testid="step-confirm"
              isDisabled={blocked || !complete || (alarmActive && !draft.confirmActive)}
              onPress={() => send(draft.step, draft)}
            >
              {t('orders.confirm', { step: t(`orderStep.${draft.step}`) })}
            </Button>
            <Button onPress={() => setDraft(null)}>{t('common.cancel')}</Button>
          </div>
        </div>
      )}
      {!alarmActive && <ProblemNote error={take.error} />}
    </section>
  );
};

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (readonly [string, string])[];
}

const Choice = ({ label, value, onChange, options }: ChoiceProps) => {
  const { t } = useWords();
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} data-testid="choice" value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{t('orders.choose')}</option>
          {options.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
};

const WORKERS: ReadonlySet<people.Role> = new Set(['technician', 'operator', 'engineer', 'admin']);

const PersonChoice = ({ value, onChange }: Pick<ChoiceProps, 'value' | 'onChange'>) => {
  const { t } = useWords();
  const { data, error } = useQuery({ queryKey: ['people'], queryFn: fetchPeople });
  const able = (data?.items ?? []).filter((person) => !person.disabled && WORKERS.has(person.role));
  return (
    <>
      <Choice
        label={t('orders.person')}
        value={value}
        onChange={onChange}
        options={able.map((person) => [person.username, person.name || person.username])}
      />
      <ProblemNote error={error} />
    </>
  );
};
