import { useId } from 'react';
import { Link } from 'react-router';
import { useRecordList } from '../api/records.ts';
import { useSession } from '../auth/session.ts';
import { Icon } from '../components/Icon.tsx';
import { LoadError } from '../components/LoadError.tsx';
import { Loading } from '../components/Loading.tsx';
import type { EntityDefinition, RelatedList } from '../resources/definition.ts';
import { formatAge, recordLabel } from '../resources/format.ts';
import { canCreate } from '../resources/permissions.ts';

interface RelatedRecordsProps {
  /** The entity of the listed records. */
  entity: EntityDefinition;
  related: RelatedList;
  /** The record that they point to. */
  id: string;
  /** Several lists show the same entity, so the heading says by which relation. */
  ambiguous: boolean;
}

/** The records of another entity that belong to this one: the newest, and the way to all. */
export function RelatedRecords({ entity, related, id, ambiguous }: RelatedRecordsProps) {
  const { user } = useSession();
  const titleId = useId();
  const filter = new URLSearchParams({ [related.key]: id }).toString();
  const list = useRecordList(entity.path, {
    [related.key]: id,
    pageSize: '5',
    sort: '-createdAt',
  });
  const { data } = list;

  return (
    <section aria-labelledby={titleId} className="card p-5 sm:p-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id={titleId} className="text-lg font-semibold">
          {ambiguous ? `${entity.titlePlural} (${related.relation})` : entity.titlePlural}
          {data !== undefined && (
            <span className="ml-2 text-base font-normal text-muted tabular-nums">{data.total}</span>
          )}
        </h2>
        {canCreate(entity, user) && (
          <Link
            to={`/${entity.path}/new?${filter}`}
            aria-describedby={titleId}
            className="button button-plain"
          >
            <Icon name="plus" className="size-4" />
            {`New ${entity.label}`}
          </Link>
        )}
      </div>
      {list.isPending && <Loading lines={2} />}
      {list.error !== null && (
        <LoadError
          error={list.error}
          onRetry={() => {
            void list.refetch();
          }}
        />
      )}
      {data?.total === 0 && (
        <p className="mt-3 text-sm text-muted">{`No ${entity.labelPlural} yet.`}</p>
      )}
      {data !== undefined && data.total > 0 && (
        <ul className="mt-3 divide-y divide-line">
          {data.items.map((row) => (
            <li key={row.id} className="flex items-center justify-between gap-4 py-2.5 text-sm">
              <Link to={`/${entity.path}/${row.id}`} className="link min-w-0 py-0.5">
                {recordLabel(entity, row)}
              </Link>
              <time dateTime={row.createdAt} className="shrink-0 text-muted">
                {formatAge(row.createdAt, list.dataUpdatedAt)}
              </time>
            </li>
          ))}
        </ul>
      )}
      {data !== undefined && data.total > data.items.length && (
        <p className="mt-3 text-sm">
          <Link to={`/${entity.path}?${filter}`} className="link">
            {`View all ${String(data.total)}`}
          </Link>
        </p>
      )}
    </section>
  );
}
