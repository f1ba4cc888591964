import { useState } from 'react';
import { Link } from 'react-router';
import { useSession } from '../auth/session.ts';
import { Icon } from '../components/Icon.tsx';
import type { EntityDefinition } from '../resources/definition.ts';
import { formatNumber } from '../resources/format.ts';
import { canCreate } from '../resources/permissions.ts';

interface EntityCardsProps {
  entities: readonly EntityDefinition[];
  /** Records by path; a missing count is not shown. */
  counts: Readonly<Record<string, number | undefined>>;
}

interface EntityCardProps {
  entity: EntityDefinition;
  count: number | undefined;
}

const SHOWN_AT_FIRST = 12;

function EntityCard({ entity, count }: EntityCardProps) {
  const { user } = useSession();
  return (
    <li className="card flex flex-col p-5 transition-shadow hover:shadow-lg sm:p-6">
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="font-semibold">
          <Link to={`/${entity.path}`} className="hover:underline">
            {entity.titlePlural}
          </Link>
        </h2>
        {count !== undefined && (
          <span className="text-3xl font-semibold tracking-tight tabular-nums">
            {formatNumber(count)}
          </span>
        )}
      </div>
      {entity.description !== '' && (
        <p className="mt-2 line-clamp-3 text-sm leading-6 text-muted">{entity.description}</p>
      )}
      <p className="mt-auto pt-5 text-sm">
        {canCreate(entity, user) ? (
          <Link
            to={`/${entity.path}/new`}
            className="inline-flex min-h-6 items-center gap-1.5 font-semibold text-link hover:underline"
          >
            <Icon name="plus" className="size-4" />
            {`New ${entity.label}`}
          </Link>
        ) : (
          <Link
            to={`/${entity.path}`}
            className="inline-flex min-h-6 items-center gap-1.5 font-semibold text-link hover:underline"
          >
            {`Browse ${entity.labelPlural}`}
            <Icon name="arrow" className="size-4" />
          </Link>
        )}
      </p>
    </li>
  );
}

export function EntityCards({ entities, counts }: EntityCardsProps) {
  const [all, setAll] = useState(false);
  const shown = all ? entities : entities.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(17rem,100%),1fr))] gap-4 sm:gap-5">
        {shown.map((entity) => (
          <EntityCard key={entity.path} entity={entity} count={counts[entity.path]} />
        ))}
      </ul>
      {shown.length < entities.length && (
        <button
          type="button"
          className="button button-plain mt-5"
          onClick={() => {
            setAll(true);
          }}
        >
          {`Show all ${String(entities.length)}`}
        </button>
      )}
    </>
  );
}
