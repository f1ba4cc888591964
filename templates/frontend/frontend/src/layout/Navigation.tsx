import { useState } from 'react';
import { NavLink } from 'react-router';
import { useSession } from '../auth/session.ts';
import { Boundary } from '../components/Boundary.tsx';
import { Icon } from '../components/Icon.tsx';
import { entities } from '../entities/index.ts';
import { extensions } from '../extensions/index.ts';
import { canRead } from '../resources/permissions.ts';

interface NavigationProps {
  onNavigate?: () => void;
}

/** From this many entries on, a box to narrow them down is worth its place. */
const FILTER_FROM = 12;

function linkClass({ isActive }: { isActive: boolean }): string {
  const colours = isActive
    ? 'bg-tint font-semibold text-link'
    : 'font-medium text-muted hover:bg-tint hover:text-text';
  return `flex min-h-10 items-center gap-3 rounded-lg px-3 py-2 text-sm ${colours}`;
}

export function Navigation({ onNavigate }: NavigationProps) {
  const { user } = useSession();
  const [filter, setFilter] = useState('');
  const readable = entities.filter((entity) => canRead(entity, user));
  const wanted = filter.trim().toLowerCase();
  const shown = readable.filter((entity) => entity.titlePlural.toLowerCase().includes(wanted));
  const pages = extensions.flatMap((extension) => extension.pages ?? []);

  return (
    <nav aria-label="Main" className="flex flex-col gap-1">
      <NavLink to="/" end className={linkClass} onClick={onNavigate}>
        <Icon name="home" className="size-4.5" />
        Home
      </NavLink>
      {pages.map(({ path, navLabel }) => (
        <Boundary key={path} name={navLabel}>
          <NavLink to={`/${path}`} className={linkClass} onClick={onNavigate}>
            <Icon name="right" className="size-4.5" />
            {navLabel}
          </NavLink>
        </Boundary>
      ))}
      {readable.length > 0 && <hr className="my-2 border-line" />}
      {readable.length >= FILTER_FROM && (
        <input
          type="search"
          aria-label="Filter navigation"
          placeholder="Filter"
          className="control mb-2 min-h-9"
          value={filter}
          onChange={(event) => {
            setFilter(event.target.value);
          }}
        />
      )}
      {shown.map((entity) => (
        <NavLink
          key={entity.path}
          to={`/${entity.path}`}
          className={linkClass}
          onClick={onNavigate}
        >
          <span
            aria-hidden="true"
            className="grid size-4.5 shrink-0 place-items-center rounded border border-current/40 text-[0.625rem] font-bold"
          >
            {Array.from(entity.titlePlural)[0]}
          </span>
          {entity.titlePlural}
        </NavLink>
      ))}
      {shown.length === 0 && readable.length > 0 && (
        <p className="px-3 py-2 text-sm text-muted">Nothing matches.</p>
      )}
    </nav>
  );
}
