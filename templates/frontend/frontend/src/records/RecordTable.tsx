import { Link } from 'react-router';
import type { EntityRow } from '../api/types.ts';
import { Icon } from '../components/Icon.tsx';
import type { EntityDefinition, FieldDefinition } from '../resources/definition.ts';
import { recordLabel } from '../resources/format.ts';
import { isSortable } from '../resources/sorting.ts';
import { FieldValue } from './FieldValue.tsx';
import type { ListState } from './useListState.ts';
import { wrapping } from './wrapping.ts';

interface RecordTableProps {
  entity: EntityDefinition;
  rows: readonly EntityRow[];
  state: ListState;
  /** The next page is on its way. */
  stale: boolean;
}

interface HeadingProps {
  field: FieldDefinition;
  className: string;
  state: ListState;
  /** Numbers stand at the right, and so do their headings. */
  right?: boolean;
}

/** The first columns stay on a phone; the others join in as the screen gets wider. */
const visibility = ['', 'hidden sm:table-cell', 'hidden md:table-cell', 'hidden xl:table-cell'];

/** A record's name has the better half of a small screen, or its words would be broken. */
const NAME_WIDTH = 'w-3/5 md:w-2/5';

/** What stands beside the record's name: what it belongs to, then its other fields but long text. */
function columns(entity: EntityDefinition): FieldDefinition[] {
  const fields = entity.fields.filter(
    (field) => field.name !== entity.labelField && field.type !== 'text',
  );
  const parents = fields.filter((field) => field.type === 'relation' && field.required);
  const rest = fields.filter((field) => !parents.includes(field));
  return [...parents, ...rest].slice(0, visibility.length);
}

function isNumeric(field: FieldDefinition): boolean {
  return field.type === 'integer' || field.type === 'decimal';
}

function Heading({ field, className, state, right = false }: HeadingProps) {
  const sort = state.get('sort');
  const direction =
    sort === field.name ? 'ascending' : sort === `-${field.name}` ? 'descending' : undefined;
  const align = right ? 'text-right' : 'text-left';
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={`px-4 py-1.5 sm:px-5 ${align} ${wrapping(field.label)} ${className}`}
    >
      {isSortable(field) ? (
        <button
          type="button"
          className={`group -mx-2 inline-flex min-h-9 cursor-pointer items-center gap-1 rounded-md px-2 font-semibold hover:bg-surface hover:text-text ${
            right ? 'flex-row-reverse text-right' : 'text-left'
          }`}
          onClick={() => {
            state.set('sort', direction === 'ascending' ? `-${field.name}` : field.name);
          }}
        >
          {field.label}
          <Icon
            name={direction === 'descending' ? 'down' : 'up'}
            className={`size-4 ${
              direction === undefined
                ? 'opacity-0 group-hover:opacity-60 group-focus:opacity-60'
                : ''
            }`}
          />
        </button>
      ) : (
        field.label
      )}
    </th>
  );
}

export function RecordTable({ entity, rows, state, stale }: RecordTableProps) {
  const naming = entity.fields.find((field) => field.name === entity.labelField);
  const shown = columns(entity);
  return (
    <table
      aria-busy={stale}
      className={`w-full table-auto text-sm transition-opacity ${stale ? 'opacity-60' : ''}`}
    >
      <caption className="sr-only">{entity.titlePlural}</caption>
      <thead className="border-b border-line bg-sunken text-xs text-muted">
        <tr>
          {naming === undefined ? (
            <th scope="col" className={`px-4 py-3 text-left sm:px-5 ${NAME_WIDTH}`}>
              {entity.title}
            </th>
          ) : (
            <Heading field={naming} state={state} className={NAME_WIDTH} />
          )}
          {shown.map((field, index) => (
            <Heading
              key={field.name}
              field={field}
              state={state}
              className={visibility[index] ?? ''}
              right={isNumeric(field)}
            />
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {rows.map((row) => (
          <tr key={row.id} className="group relative hover:bg-sunken">
            <th scope="row" className="px-4 py-3 text-left align-top font-semibold sm:px-5">
              {/* The link reaches over the whole row, for pointers and fingers. */}
              <Link
                to={`/${entity.path}/${row.id}`}
                className="group-hover:text-link after:absolute after:inset-0 hover:underline"
              >
                {recordLabel(entity, row)}
              </Link>
            </th>
            {shown.map((field, index) => (
              <td
                key={field.name}
                className={`px-4 py-3 align-top sm:px-5 ${visibility[index] ?? ''} ${
                  isNumeric(field) ? 'text-right tabular-nums' : ''
                }`}
              >
                <FieldValue field={field} row={row} compact />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
