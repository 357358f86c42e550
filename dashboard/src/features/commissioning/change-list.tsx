// What a change does to the gateway's devices, field by field, before it is saved.
import { useWords } from '../../ui/words.ts';
import type { DeviceChange } from './core/devices.ts';

const SECRET = /password|passphrase|secret|token/i;
const HIDDEN = '********';
const shown = (path: string, value: unknown): string => {
  if (SECRET.test(path)) return HIDDEN;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

export const ChangeList = ({ changes }: { readonly changes: readonly DeviceChange[] }) => {
  const { t, code } = useWords();
  const labelOf = (path: string): string => {
    const names = path.split('.');
    return code(
      names[0] === 'connection' ? 'commission.field' : 'commission.entry',
      names.slice(names[0] === 'connection' ? 1 : 0).join(' '),
    );
  };
  if (changes.length === 0) return <p className="muted">{t('commission.noChanges')}</p>;
  return (
    <ul className="commission-changes" data-testid="changes">
      {changes.map(({ id, kind, fields }) => (
        <li key={id}>
          <b>{id}</b> {t(`commission.change_${kind}`)}
          {kind !== 'removed' && (
            <ul>
              {fields.map(({ path, before, after }) => (
                <li key={path}>
                  <span className="muted">{labelOf(path)}</span>{' '}
                  {kind === 'changed' && `${before === undefined ? t('commission.nothing') : shown(path, before)} → `}
                  <b>{after === undefined ? t('commission.nothing') : shown(path, after)}</b>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
};
