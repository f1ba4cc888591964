import { Link } from 'react-router';
import { useRecordList } from '../api/records.ts';
import { useSession } from '../auth/session.ts';
import { Icon } from '../components/Icon.tsx';
import { LoadError } from '../components/LoadError.tsx';
import { Loading } from '../components/Loading.tsx';
import { PageHeader } from '../components/PageHeader.tsx';
import type { EntityDefinition } from '../resources/definition.ts';
import { canCreate } from '../resources/permissions.ts';
import { filterFields } from './filterFields.ts';
import { Filters } from './Filters.tsx';
import { Pagination } from './Pagination.tsx';
import { RecordTable } from './RecordTable.tsx';
import { SortSelect } from './SortSelect.tsx';
import { useListState } from './useListState.ts';

interface EntityListProps {
  entity: EntityDefinition;
}

interface EmptyProps {
  entity: EntityDefinition;
  /** Nothing matches, as opposed to nothing being there. */
  narrowed: boolean;
}

function Empty({ entity, narrowed }: EmptyProps) {
  return (
    <div role="status" className="flex flex-col items-center gap-2 px-6 py-16 text-center">
      <Icon name="empty" className="mb-2 size-10 text-muted" />
      <p className="font-semibold">
        {narrowed ? `No matching ${entity.labelPlural}` : `No ${entity.labelPlural} yet`}
      </p>
      <p className="text-sm text-muted">
        {narrowed ? 'Try other words or fewer filters.' : 'What is added will appear here.'}
      </p>
    </div>
  );
}

/** The list of an entity's records, with search, filters, order and pages in its address. */
export function EntityList({ entity }: EntityListProps) {
  const { user } = useSession();
  const filters = filterFields(entity, user).map((field) => field.name);
  const state = useListState(filters);
  const { data, error, isPlaceholderData, refetch } = useRecordList(entity.path, state.query);
  const narrowed = ['q', 'page', ...filters].some((key) => state.get(key) !== '');

  return (
    <>
      <PageHeader title={entity.titlePlural} description={entity.description}>
        {canCreate(entity, user) && (
          <Link to={`/${entity.path}/new`} className="button button-primary">
            <Icon name="plus" className="size-4.5" />
            {`New ${entity.label}`}
          </Link>
        )}
      </PageHeader>
      <div className="card">
        <Filters entity={entity} state={state} />
        {data === undefined && error === null && (
          <div className="p-5">
            <Loading lines={8} />
          </div>
        )}
        {error !== null && (
          <LoadError
            error={error}
            onRetry={() => {
              void refetch();
            }}
          />
        )}
        {error === null && data?.items.length === 0 && (
          <Empty entity={entity} narrowed={narrowed} />
        )}
        {error === null && data !== undefined && data.items.length > 0 && (
          <>
            <div className="flex justify-end border-b border-line px-4 py-2 sm:px-5 md:hidden">
              <SortSelect entity={entity} state={state} />
            </div>
            <RecordTable
              entity={entity}
              rows={data.items}
              state={state}
              stale={isPlaceholderData}
            />
            <Pagination state={state} total={data.total} />
          </>
        )}
      </div>
    </>
  );
}
