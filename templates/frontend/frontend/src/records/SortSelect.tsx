import { useId } from 'react';
import type { EntityDefinition } from '../resources/definition.ts';
import { isSortable } from '../resources/sorting.ts';
import type { ListState } from './useListState.ts';

interface SortSelectProps {
  entity: EntityDefinition;
  state: ListState;
}

/** Every order a list can have, also by columns that a small screen does not show. */
export function SortSelect({ entity, state }: SortSelectProps) {
  const id = useId();
  const fields = entity.fields.filter(isSortable);
  return (
    <div className="flex items-center gap-2 text-sm">
      <label htmlFor={id} className="whitespace-nowrap text-muted">
        Sort by
      </label>
      <select
        id={id}
        className="control min-h-9 w-auto max-w-48 py-1"
        value={state.get('sort')}
        onChange={(event) => {
          state.set('sort', event.target.value);
        }}
      >
        <option value="">Newest</option>
        {fields.map((field) => [
          <option key={field.name} value={field.name}>
            {field.label}
          </option>,
          <option key={`-${field.name}`} value={`-${field.name}`}>
            {`${field.label}, descending`}
          </option>,
        ])}
      </select>
    </div>
  );
}
