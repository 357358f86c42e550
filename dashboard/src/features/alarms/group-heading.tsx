// Heading of a group in the list of a flood.
import { useWords } from '../../ui/words.ts';
import type { Heading } from './core/groups.ts';

export const GroupHeading = ({ heading }: { readonly heading: Heading }) => {
  const { t, say } = useWords();
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows are placed freely, they cannot be a table
    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself has the focus
    <div role="row" className="group-heading">
      {/* biome-ignore lint/a11y/useFocusableInteractive: it does nothing */}
      {/* biome-ignore lint/a11y/useSemanticElements: as the row */}
      <span role="gridcell" className="ellipsis">
        <b>{heading.count}</b> {heading.building === '' ? t('overview.noBuilding') : heading.building} ›{' '}
        {heading.text === null ? t('floods.single') : say(heading.text)}
      </span>
    </div>
  );
};
