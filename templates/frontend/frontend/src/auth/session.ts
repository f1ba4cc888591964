import { createContext, use } from 'react';

export interface SessionUser {
  id: string;
  email: string;
  name: string;
  role: 'user' | 'admin';
  [key: string]: unknown;
}

export interface Credentials {
  email: string;
  password: string;
}

export interface Session {
  /** `loading` until it is known whether a remembered session still stands. */
  status: 'loading' | 'visitor' | 'signedIn';
  user: SessionUser | null;
  signIn: (credentials: Credentials) => Promise<void>;
  register: (account: Record<string, unknown>) => Promise<void>;
  signOut: () => Promise<void>;
  updateUser: (changes: Record<string, unknown>) => Promise<void>;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error('useSession needs a SessionProvider above it');
  return session;
}
