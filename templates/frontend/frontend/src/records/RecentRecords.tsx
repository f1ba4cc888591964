import { useId } from 'react';
import { Link } from 'react-router';
import { useRecordList } from '../api/records.ts';
import type { EntityDefinition } from '../resources/definition.ts';
import { formatAge, recordLabel } from '../resources/format.ts';

interface RecentRecordsProps {
  entity: EntityDefinition;
}

/** The five newest records of an entity; nothing where there are none. */
export function RecentRecords({ entity }: RecentRecordsProps) {
  const titleId = useId();
  const { data, dataUpdatedAt } = useRecordList(entity.path, { pageSize: '5', sort: '-createdAt' });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section aria-labelledby={titleId} className="card p-5 sm:p-6">
      <h2 id={titleId} className="mb-2 font-semibold">
        {`Latest ${entity.labelPlural}`}
      </h2>
      <ul className="divide-y divide-line">
        {data.items.map((row) => (
          <li key={row.id} className="flex items-center justify-between gap-4 py-2.5 text-sm">
            <Link to={`/${entity.path}/${row.id}`} className="link min-w-0 truncate py-0.5">
              {recordLabel(entity, row)}
            </Link>
            <time dateTime={row.createdAt} className="shrink-0 text-muted">
              {formatAge(row.createdAt, dataUpdatedAt)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}
