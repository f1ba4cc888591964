import { useId } from 'react';
import { useSession } from '../auth/session.ts';
import { RelationPicker } from '../forms/RelationPicker.tsx';
import type { EntityDefinition, FieldDefinition } from '../resources/definition.ts';
import { filterFields } from './filterFields.ts';
import { SearchBox } from './SearchBox.tsx';
import type { ListState } from './useListState.ts';

interface FiltersProps {
  entity: EntityDefinition;
  state: ListState;
}

interface FilterProps {
  field: FieldDefinition;
  value: string;
  onChange: (value: string) => void;
}

const yesNo = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

const noReferences: never[] = [];

function ignore(): void {
  // A filter needs no "touched" state.
}

function Filter({ field, value, onChange }: FilterProps) {
  const id = useId();
  const wiring = {
    id,
    'aria-describedby': undefined,
    'aria-invalid': false,
    'aria-required': false,
  };
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold">
        {field.label}
      </label>
      {field.type === 'relation' || field.type === 'relations' ? (
        <RelationPicker
          wiring={wiring}
          inputRef={null}
          path={field.target}
          labelField={field.targetLabelField}
          value={value}
          known={noReferences}
          clearable
          onChange={onChange}
          onBlur={ignore}
        />
      ) : (
        <select
          id={id}
          className="control"
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        >
          <option value="">All</option>
          {(field.type === 'enum' ? field.options : yesNo).map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

export function Filters({ entity, state }: FiltersProps) {
  const { user } = useSession();
  const fields = filterFields(entity, user);
  const active = ['q', ...fields.map((field) => field.name)].some((key) => state.get(key) !== '');
  return (
    <div
      role="search"
      className="grid gap-4 border-b border-line p-4 sm:grid-cols-2 sm:p-5 lg:grid-cols-3 xl:grid-cols-4"
    >
      <SearchBox
        value={state.get('q')}
        onSearch={(value) => {
          state.set('q', value);
        }}
      />
      {fields.map((field) => (
        <Filter
          key={field.name}
          field={field}
          value={state.get(field.name)}
          onChange={(value) => {
            state.set(field.name, value);
          }}
        />
      ))}
      {active && (
        <button
          type="button"
          className="button button-quiet min-h-11 self-end justify-self-start"
          onClick={state.clear}
        >
          Clear filters
        </button>
      )}
    </div>
  );
}
