// Operating positions: who looks after which equipment, in the order in which they are asked.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import { fetchPositions, savePositions } from '../../api/alarm-lists.ts';
import { newRequestId } from '../../api/plant.ts';
import { useMay } from '../../app/session.ts';
import { positionOf } from '../../live/core/position.ts';
import { useCanAct, useLive } from '../../live/hooks.ts';
import { POSITIONS_KEY } from '../../live/operating-position.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { ANY, choicesOf, draftOf, faultsOf, type PositionDraft, positionsOf } from './core/positions.ts';
import { PositionEditor } from './position-editor.tsx';

export const PositionsPage = () => {
  const { t, say } = useWords();
  const queries = useQueryClient();
  const may = useMay('alarm-system:manage');
  const canAct = useCanAct();
  const equipment = useLive((state) => state.equipment);
  const { data, error } = useQuery({ queryKey: POSITIONS_KEY, queryFn: fetchPositions });
  /** Null: nothing changed yet. */
  const [changed, setChanged] = useState<readonly PositionDraft[] | null>(null);
  const drafts = useMemo(() => changed ?? (data?.items ?? []).map(draftOf), [changed, data]);
  const save = useMutation({
    mutationFn: () => savePositions(positionsOf(drafts)),
    onSuccess: (answer) => {
      queries.setQueryData(POSITIONS_KEY, answer);
      setChanged(null);
    },
  });
  const change = (next: readonly PositionDraft[]): void => {
    save.reset();
    setChanged(next);
  };
  const counts = useMemo(() => {
    const positions = positionsOf(drafts);
    const all = new Map<string, number>();
    for (const item of equipment.values()) {
      const id = positionOf(positions, item) ?? '';
      all.set(id, (all.get(id) ?? 0) + 1);
    }
    return all;
  }, [drafts, equipment]);
  const classLabels = useMemo(
    () => new Map([...equipment.values()].map((item) => [item.class, say(item.classLabel)])),
    [equipment, say],
  );
  const choices = useMemo(() => choicesOf(equipment.values(), drafts), [equipment, drafts]);
  const faults = changed === null ? new Map<string, never>() : faultsOf(drafts);
  const add = (): void =>
    change([
      ...drafts.slice(0, -1),
      { key: newRequestId(), isNew: true, id: '', zh: '', en: '', covers: [ANY] },
      ...drafts.slice(-1),
    ]);
  const raise = (index: number): void => {
    const next = [...drafts];
    next.splice(index - 1, 0, ...next.splice(index, 1));
    change(next);
  };
  return (
    <>
      <p className="muted">{t('position.explain')}</p>
      <ProblemNote error={error ?? save.error} />
      {data === undefined && error === null && <p>{t('common.loading')}</p>}
      {drafts.map((draft, index) => (
        <PositionEditor
          key={draft.key}
          draft={draft}
          isDefault={index === drafts.length - 1}
          devices={counts.get(draft.id) ?? 0}
          choices={choices}
          classLabels={classLabels}
          fault={faults.get(draft.key) ?? null}
          isReadOnly={!may}
          onChange={(next) => change(drafts.map((one) => (one.key === draft.key ? next : one)))}
          onRemove={() => change(drafts.filter((one) => one.key !== draft.key))}
          onRaise={index === 0 ? null : () => raise(index)}
        />
      ))}
      {may && data !== undefined && (
        <div className="row">
          <Button data-testid="add-position" onPress={add}>
            {t('position.add')}
          </Button>
          <Button
            className="primary"
            data-testid="save-positions"
            isDisabled={!canAct || changed === null || faults.size > 0 || save.isPending}
            onPress={() => save.mutate()}
          >
            {t('position.save')}
          </Button>
          {changed !== null && <Button onPress={() => setChanged(null)}>{t('common.cancel')}</Button>}
          {save.isSuccess && (
            <b role="status" data-testid="positions-saved">
              {t('position.saved')}
            </b>
          )}
        </div>
      )}
    </>
  );
};
