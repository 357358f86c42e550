// What was commanded on this equipment, by whom and why, and what came of it - in words that say what to do.
import './commands.css';
import type { commands, equipment } from '@louwei/server/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Button } from 'react-aria-components';
import { approveCommand, fetchCommands } from '../../api/commands.ts';
import { useMay, useSession } from '../../app/session.ts';
import { useCanAct, useLive } from '../../live/hooks.ts';
import { valueText } from '../../ui/point-text.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { isOpen, withLive } from './core/command.ts';

const ASK_AGAIN_OPEN_MS = 3_000;
const ASK_AGAIN_MS = 60_000;

export const CommandHistory = ({ item }: { readonly item: equipment.EquipmentDetail }) => {
  const { t } = useWords();
  const live = useLive((state) => state.commands);
  const { data, error } = useQuery({
    queryKey: ['commands', item.id],
    queryFn: () => fetchCommands(item.id),
    refetchInterval: (query) => (query.state.data?.items.some(isOpen) === true ? ASK_AGAIN_OPEN_MS : ASK_AGAIN_MS),
  });
  const list = useMemo(() => withLive(data?.items ?? [], live.values(), item.id), [data, live, item.id]);
  return (
    <section className="panel stack" data-testid="command-history">
      <h2>{t('command.history')}</h2>
      <ProblemNote error={error} />
      {list.length === 0 && error === null && <p className="muted">{t('command.none')}</p>}
      {list.map((command) => (
        <CommandRow key={command.id} command={command} points={item.points} />
      ))}
    </section>
  );
};

interface RowProps {
  readonly command: commands.Command;
  readonly points: readonly equipment.PointDescription[];
}

const CommandRow = ({ command, points }: RowProps) => {
  const { t, say, code, language } = useWords();
  const described = (name: string | undefined) => points.find((one) => one.point === name);
  const point = described(command.point);
  const readBack = described(point?.write?.readBack.point);
  const told = (value: number, of = point): string =>
    `${valueText(value, of, language)}${typeof of?.unit === 'string' ? ` ${of.unit}` : ''}`;
  const before = command.valueBefore === null ? '–' : told(command.valueBefore);
  return (
    <div className={`command command-${command.state}`} data-testid={`command-${command.state}`}>
      <p className="command-change">
        <span>{point === undefined ? command.point : say(point.label)}</span>
        <b>
          {before} → {told(command.value)}
        </b>
      </p>
      <p>
        <b>{t(`command.state.${command.state}`)}</b>
        {command.readBack !== null && readBack !== undefined && (
          <span> {t('command.shows', { point: say(readBack.label), value: told(command.readBack, readBack) })}</span>
        )}
      </p>
      {command.state !== 'confirmed' && command.outcomeCode !== null && (
        <p title={command.outcome ?? ''}>{code('command.code', command.outcomeCode)}</p>
      )}
      <p className="muted">
        {formatDateTime(Date.parse(command.requestedAt))} · {command.requestedBy}
        {command.approvedBy !== null && ` + ${command.approvedBy}`} · {command.reason}
      </p>
      {command.state === 'requested' && <Approval command={command} />}
    </div>
  );
};

const Approval = ({ command }: { readonly command: commands.Command }) => {
  const { t } = useWords();
  const queries = useQueryClient();
  const { person } = useSession();
  const may = useMay('command:issue');
  const canAct = useCanAct();
  const approve = useMutation({
    mutationFn: () => approveCommand(command.id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['commands', command.equipmentId] }),
  });
  if (!may || person.username === command.requestedBy) return null;
  return (
    <div className="row">
      <Button
        className="primary"
        data-testid="command-approve"
        isDisabled={!canAct || approve.isPending}
        onPress={() => approve.mutate()}
      >
        {t('command.approve')}
      </Button>
      <ProblemNote error={approve.error} />
    </div>
  );
};
