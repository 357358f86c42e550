// A live value with its unit and its validity. A value that is not good is hatched grey with "?", its age and the last
// value in brackets; it never takes an alarm colour.
import './point-value.css';
import type { equipment } from '@louwei/server/contract';
import { type Validity, validityOf } from '../live/core/freshness.ts';
import type { PointNow } from '../live/core/state.ts';
import { useServerNow } from '../live/hooks.ts';
import { valueText } from './point-text.ts';
import { useWords, type Words } from './words.ts';

interface Props {
  readonly now: PointNow | undefined;
  readonly point: equipment.PointDescription | undefined;
  readonly online: boolean;
}

export const reasonOf = (validity: Validity, online: boolean, { code }: Words): string => {
  if (!online) return code('quality', 'offline');
  return code('quality', validity.kind === 'bad' ? validity.reason : validity.kind);
};

export const PointValue = ({ now, point, online }: Props) => {
  const serverNowMs = useServerNow();
  const words = useWords();
  const validity = validityOf(now, point?.expectEveryS ?? null, online, serverNowMs);
  const text = valueText(now?.value ?? null, point, words.language);
  const unit = point?.unit ?? '';
  if (validity.kind === 'good') {
    return (
      <span className="point-value">
        <b>{text}</b>
        {unit !== '' && <span className="unit"> {unit}</span>}
      </span>
    );
  }
  const reason = reasonOf(validity, online, words);
  const age = now === undefined ? '' : words.duration(serverNowMs - now.timeMs);
  return (
    <span className="point-value doubtful" title={`${reason} ${age}`}>
      <b>?</b>
      {now !== undefined && now.value !== null && (
        <span className="doubtful-bracket">
          ({text}
          {unit !== '' && ` ${unit}`})
        </span>
      )}
      {age !== '' && <span className="doubtful-age">{age}</span>}
      <span className="visually-hidden">{reason}</span>
    </span>
  );
};
