import { Link, useLocation, useNavigate } from 'react-router';
import { messageOf } from '../api/problem.ts';
import { app } from '../app.ts';
import { useSession } from '../auth/session.ts';
import { Icon } from '../components/Icon.tsx';
import { useToast } from '../components/toast.ts';
import { ThemeToggle } from './ThemeToggle.tsx';

interface HeaderProps {
  /** Opens the navigation on small screens; absent where there is nothing to navigate. */
  onOpenNavigation?: () => void;
}

function VisitorLinks() {
  const { pathname, search } = useLocation();
  // These two pages link to each other, and the home page asks visitors to join by itself.
  if (pathname === '/login' || pathname === '/register') return null;
  const next = `?next=${encodeURIComponent(pathname + search)}`;
  return (
    <>
      <Link to={`/login${next}`} className="button button-plain">
        Sign in
      </Link>
      {pathname !== '/' && (
        <Link to={`/register${next}`} className="button button-primary hidden sm:inline-flex">
          Create account
        </Link>
      )}
    </>
  );
}

function UserLinks() {
  const { user, signOut } = useSession();
  const navigate = useNavigate();
  const toast = useToast();
  const name = user?.name ?? '';

  async function leave(): Promise<void> {
    try {
      await signOut();
    } catch (error) {
      // Signed out here all the same; the server's side ends by itself.
      toast(messageOf(error), 'error');
    }
    await navigate('/');
  }

  return (
    <>
      <Link
        to="/account"
        className="button button-quiet max-w-56 px-2 sm:px-3"
        title="Your account"
      >
        <span
          aria-hidden="true"
          className="grid size-7 place-items-center rounded-full bg-tint text-xs font-bold text-link"
        >
          {Array.from(name)[0]?.toUpperCase() ?? '?'}
        </span>
        <span className="sr-only truncate sm:not-sr-only">{name}</span>
      </Link>
      <button
        type="button"
        className="button button-plain px-2.5 sm:px-4"
        onClick={() => {
          void leave();
        }}
      >
        <Icon name="signOut" className="size-5 sm:hidden" />
        <span className="sr-only sm:not-sr-only">Sign out</span>
      </button>
    </>
  );
}

export function Header({ onOpenNavigation }: HeaderProps) {
  const { status } = useSession();
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface">
      <div className="flex h-16 items-center gap-1 px-3 sm:gap-2 sm:px-6">
        {onOpenNavigation && (
          <button
            type="button"
            className="button button-quiet button-icon lg:hidden"
            aria-label="Open navigation"
            onClick={onOpenNavigation}
          >
            <Icon name="menu" />
          </button>
        )}
        <Link to="/" className="mr-auto flex min-w-0 items-center gap-3 rounded-md py-1 pr-2">
          <span
            aria-hidden="true"
            className="grid size-8 shrink-0 place-items-center rounded-lg border border-primary-line bg-primary text-sm font-bold text-on-primary"
          >
            {Array.from(app.name)[0]?.toUpperCase()}
          </span>
          <span className="truncate font-semibold tracking-tight">{app.name}</span>
        </Link>
        <ThemeToggle />
        {status === 'visitor' && <VisitorLinks />}
        {status === 'signedIn' && <UserLinks />}
      </div>
    </header>
  );
}
