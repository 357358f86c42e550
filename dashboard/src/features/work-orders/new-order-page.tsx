// An operator opens a work order by hand, for example after a call from a tenant.
import type { workOrders } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useNavigate, useSearchParams } from 'react-router';
import { createWorkOrder } from '../../api/plant.ts';
import { useMay } from '../../app/session.ts';
import { useCanAct, useLive } from '../../live/hooks.ts';
import { Field } from '../../ui/field.tsx';
import { placeLine } from '../../ui/place.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';

const KINDS = ['emergency', 'urgent', 'repair'] as const satisfies readonly workOrders.WorkOrder['kind'][];
const SKILLS = ['general', 'electrical', 'plumbing', 'lift', 'fire', 'hvac', 'access'] as const;

const START = { kind: 'repair', priority: '3', title: '', description: '', skill: 'general' };

export const NewOrderPage = () => {
  const { t, say } = useWords();
  const [params] = useSearchParams();
  const go = useNavigate();
  const may = useMay('work-order:dispatch');
  const canAct = useCanAct();
  const equipment = useLive((state) => state.equipment);
  const [entry, setEntry] = useState({ ...START, equipmentId: params.get('equipment') ?? '' });
  const create = useMutation({
    mutationFn: () =>
      createWorkOrder({
        kind: KINDS.find((kind) => kind === entry.kind) ?? 'repair',
        priority: Number(entry.priority),
        title: entry.title.trim(),
        description: entry.description.trim(),
        skill: entry.skill,
        ...(entry.equipmentId === '' ? {} : { equipmentId: entry.equipmentId }),
      }),
    onSuccess: (order) => go(`/work-orders/${encodeURIComponent(order.id)}`),
  });
  const choice = (key: keyof typeof entry, label: string, options: readonly (readonly [string, string])[]) => (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          data-testid={`order-${key}`}
          value={entry[key]}
          onChange={(event) => setEntry({ ...entry, [key]: event.target.value })}
        >
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const devices = [...equipment.values()]
    .sort((a, b) => a.id.localeCompare(b.id))
    .map((item) => [item.id, `${placeLine(item.place)} › ${say(item.name)} (${item.id})`] as const);
  return (
    <form
      className="order-page panel stack"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <h1>{t('orders.create')}</h1>
      <Field label={t('orders.orderTitle')}>
        {(id) => (
          <input
            id={id}
            data-testid="order-title"
            required
            maxLength={200}
            value={entry.title}
            onChange={(event) => setEntry({ ...entry, title: event.target.value })}
          />
        )}
      </Field>
      {choice('equipmentId', t('orders.equipment'), [['', t('orders.noEquipment')], ...devices])}
      {choice(
        'kind',
        t('orders.kind'),
        KINDS.map((kind) => [kind, t(`orderKind.${kind}`)]),
      )}
      {choice('priority', t('orders.priority'), [
        ['1', `1 ${t('priority.p1')}`],
        ['2', `2 ${t('priority.p2')}`],
        ['3', `3 ${t('priority.p3')}`],
        ['4', `4 ${t('priority.p4')}`],
      ])}
      {choice(
        'skill',
        t('orders.skill'),
        SKILLS.map((skill) => [skill, t(`skill.${skill}`)]),
      )}
      <Field label={t('orders.description')}>
        {(id) => (
          <textarea
            id={id}
            rows={4}
            maxLength={4000}
            value={entry.description}
            onChange={(event) => setEntry({ ...entry, description: event.target.value })}
          />
        )}
      </Field>
      <ProblemNote error={create.error} />
      <Button
        type="submit"
        className="primary"
        data-testid="order-submit"
        isDisabled={!may || !canAct || create.isPending || entry.title.trim() === ''}
      >
        {t('orders.submit')}
      </Button>
    </form>
  );
};
