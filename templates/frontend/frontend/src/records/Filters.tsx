import { useId, useState } from 'react';
import { useSession } from '../auth/session.ts';
import { Icon } from '../components/Icon.tsx';
import { RelationPicker } from '../forms/RelationPicker.tsx';
import type { EntityDefinition, FieldDefinition } from '../resources/definition.ts';
import { filterFields, isSearchable } from './filterFields.ts';
import { SearchBox } from './SearchBox.tsx';
import type { ListState } from './useListState.ts';

interface FiltersProps {
  entity: EntityDefinition;
  state: ListState;
}

interface FilterProps {
  className: string;
  field: FieldDefinition;
  value: string;
  onChange: (value: string) => void;
}

const yesNo = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

/** Further filters, and all of them on a phone, wait behind a button. */
const SHOWN_AT_FIRST = 2;

const noReferences: never[] = [];

function ignore(): void {
  // A filter needs no "touched" state.
}

function Filter({ className, field, value, onChange }: FilterProps) {
  const id = useId();
  const wiring = {
    id,
    'aria-describedby': undefined,
    'aria-invalid': false,
    'aria-required': false,
  };
  return (
    <div className={className}>
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
          placeholder="All"
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
  const narrowing = fields.filter((field) => state.get(field.name) !== '');
  const [open, setOpen] = useState(narrowing.length > 0);
  const contentId = useId();
  const more = fields.length > SHOWN_AT_FIRST;
  const searchable = isSearchable(entity);
  if (!searchable && fields.length === 0) return null;
  return (
    <div
      id={contentId}
      role="search"
      className="grid gap-4 border-b border-line p-4 sm:grid-cols-2 sm:p-5 lg:grid-cols-3 xl:grid-cols-4"
    >
      {searchable && (
        <SearchBox
          value={state.get('q')}
          onSearch={(value) => {
            state.set('q', value);
          }}
        />
      )}
      {fields.map((field, index) => (
        <Filter
          key={field.name}
          className={open ? '' : index < SHOWN_AT_FIRST ? 'hidden sm:block' : 'hidden'}
          field={field}
          value={state.get(field.name)}
          onChange={(value) => {
            state.set(field.name, value);
          }}
        />
      ))}
      <div className="-ml-3 flex flex-wrap items-end empty:hidden">
        {fields.length > 0 && (
          <button
            type="button"
            aria-expanded={open}
            aria-controls={contentId}
            className={`button button-quiet min-h-11 px-3 ${more ? '' : 'sm:hidden'}`}
            onClick={() => {
              setOpen(!open);
            }}
          >
            <Icon name={open ? 'up' : 'down'} className="size-4" />
            {open ? 'Fewer filters' : 'More filters'}
          </button>
        )}
        {(narrowing.length > 0 || state.get('q') !== '') && (
          <button
            type="button"
            aria-label="Clear filters"
            className="button button-quiet min-h-11 px-3"
            onClick={state.clear}
          >
            Clear
          </button>
        )}
      </div>
    </div>
  );
}
