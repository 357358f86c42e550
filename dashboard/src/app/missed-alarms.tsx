// After a lost connection: how many alarms came meanwhile that nobody here has seen.
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isUnacknowledged } from '../features/alarms/core/order.ts';
import { useLink } from '../live/hooks.ts';
import { useIsOwn } from '../live/operating-position.ts';
import { liveStore } from '../live/store.ts';

const seenNow = (): ReadonlySet<string> =>
  new Set([...liveStore.get().alarms.values()].map((alarm) => `${alarm.id} ${alarm.activationSeq}`));

export const MissedAlarms = () => {
  const { t } = useTranslation();
  const { kind } = useLink();
  const before = useRef<ReadonlySet<string> | null>(null);
  const [missed, setMissed] = useState(0);
  const isOwn = useIsOwn();
  useEffect(() => {
    if (kind === 'frozen' && liveStore.get().position !== null) before.current ??= seenNow();
    if (kind !== 'live' || before.current === null) return;
    const known = before.current;
    before.current = null;
    const fresh = [...liveStore.get().alarms.values()].filter(
      (alarm) =>
        isOwn(alarm.equipmentId) && isUnacknowledged(alarm) && !known.has(`${alarm.id} ${alarm.activationSeq}`),
    );
    setMissed(fresh.length);
  }, [kind, isOwn]);
  if (missed === 0) return null;
  return (
    <div className="notice-bar" role="alert" data-testid="missed-alarms">
      <b>{t('link.missed', { count: missed })}</b>
      <Link to="/alarms" className="button" onClick={() => setMissed(0)}>
        {t('link.showAlarms')}
      </Link>
      <Button onPress={() => setMissed(0)}>{t('common.close')}</Button>
    </div>
  );
};
