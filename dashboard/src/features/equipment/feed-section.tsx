// What feeds the equipment: shown to everyone, entered by the engineer. While a feed is lost, what follows from it is not
// announced for itself.
import type { equipment } from '@louwei/server/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Link } from 'react-router';
import { feedsKey, fetchFeeds, saveFeeds } from '../../api/feeds.ts';
import { useMay } from '../../app/session.ts';
import { useLive } from '../../live/hooks.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';

type Feed = equipment.Feeds['items'][number];
const MEDIA = ['power', 'water', 'heat'] as const;

export const FeedSection = ({ id }: { readonly id: string }) => {
  const { t, say } = useWords();
  const client = useQueryClient();
  const mayManage = useMay('feed:manage');
  const all = useLive((state) => state.equipment);
  const { data, error } = useQuery({ queryKey: feedsKey(id), queryFn: () => fetchFeeds(id) });
  const save = useMutation({
    mutationFn: (items: readonly Feed[]) => saveFeeds(id, { items: [...items] }),
    onSuccess: (saved) => client.setQueryData(feedsKey(id), saved),
  });
  if (data === undefined) return <ProblemNote error={error} />;
  const { items } = data;
  if (items.length === 0 && !mayManage) return null;
  return (
    <section className="panel stack" data-testid="feeds">
      <h2>{t('feeds.title')}</h2>
      {items.length === 0 && <p className="muted">{t('feeds.none')}</p>}
      {items.map((feed) => (
        <div key={`${feed.medium} ${feed.feederId}`} className="feed">
          <b>{t(`feeds.${feed.medium}`)}</b>
          <Link to={`/equipment/${encodeURIComponent(feed.feederId)}`}>
            {say(all.get(feed.feederId)?.name ?? { zh: feed.feederId, en: feed.feederId })} · {feed.feederId}
          </Link>
          {mayManage && (
            <Button
              className="quiet"
              isDisabled={save.isPending}
              onPress={() => save.mutate(items.filter((one) => one !== feed))}
            >
              {t('feeds.remove')}
            </Button>
          )}
        </div>
      ))}
      {mayManage && <NewFeed id={id} isBusy={save.isPending} onAdd={(feed) => save.mutate([...items, feed])} />}
      <ProblemNote error={save.error} />
    </section>
  );
};

interface NewFeedProps {
  readonly id: string;
  readonly isBusy: boolean;
  readonly onAdd: (feed: Feed) => void;
}

const NewFeed = ({ id, isBusy, onAdd }: NewFeedProps) => {
  const { t, say } = useWords();
  const all = useLive((state) => state.equipment);
  const [medium, setMedium] = useState<Feed['medium']>('power');
  const [feederId, setFeederId] = useState('');
  const others = [...all.values()].filter((one) => one.id !== id).sort((a, b) => a.id.localeCompare(b.id));
  return (
    <div className="feed">
      <select
        aria-label={t('feeds.medium')}
        value={medium}
        onChange={({ target }) => setMedium(MEDIA.find((one) => one === target.value) ?? 'power')}
      >
        {MEDIA.map((one) => (
          <option key={one} value={one}>
            {t(`feeds.${one}`)}
          </option>
        ))}
      </select>
      <select aria-label={t('feeds.feeder')} value={feederId} onChange={({ target }) => setFeederId(target.value)}>
        <option value="">{t('feeds.choose')}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.id} · {say(one.name)}
          </option>
        ))}
      </select>
      <Button isDisabled={isBusy || feederId === ''} onPress={() => onAdd({ feederId, medium })}>
        {t('feeds.add')}
      </Button>
    </div>
  );
};
