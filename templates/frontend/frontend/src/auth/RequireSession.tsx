import type { ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { Loading } from '../components/Loading.tsx';
import { useSession } from './session.ts';

interface RequireSessionProps {
  children: ReactNode;
}

/** Sends visitors to the sign-in page, which brings them back here afterwards. */
export function RequireSession({ children }: RequireSessionProps) {
  const { status } = useSession();
  const { pathname, search } = useLocation();
  if (status === 'loading') return <Loading />;
  if (status === 'visitor') {
    return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />;
  }
  return children;
}
