import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { refreshSession, request, setAccessToken, whenSessionIsLost } from '../api/client.ts';
import { useToast } from '../components/toast.ts';
import { SessionContext, type Credentials, type Session, type SessionUser } from './session.ts';

/** Only a hint that asking for a session is worth while: visitors get no needless 401. */
const HINT = 'signed-in';

interface SessionProviderProps {
  children: ReactNode;
}

interface AuthAnswer {
  user: SessionUser;
  accessToken: string;
}

async function restore(): Promise<SessionUser | null> {
  if (localStorage.getItem(HINT) === null) return null;
  if (!(await refreshSession())) {
    localStorage.removeItem(HINT);
    return null;
  }
  return (await request('GET', '/auth/me')) as SessionUser;
}

export function SessionProvider({ children }: SessionProviderProps) {
  const client = useQueryClient();
  const toast = useToast();
  const [status, setStatus] = useState<Session['status']>('loading');
  const [user, setUser] = useState<SessionUser | null>(null);

  const end = useCallback(() => {
    setAccessToken(null);
    localStorage.removeItem(HINT);
    setUser(null);
    setStatus('visitor');
    client.clear();
  }, [client]);

  useEffect(() => {
    let current = true;
    whenSessionIsLost(() => {
      end();
      toast('Your session has ended. Sign in again.', 'error');
    });
    restore()
      .catch(() => null)
      .then((restored) => {
        if (!current) return;
        setUser(restored);
        setStatus(restored === null ? 'visitor' : 'signedIn');
      })
      .catch(end);
    return () => {
      current = false;
    };
  }, [end, toast]);

  const session = useMemo<Session>(() => {
    async function begin(path: string, body: unknown): Promise<void> {
      const answer = (await request('POST', path, { body })) as AuthAnswer;
      // What a visitor saw may look different to the person who signed in.
      client.clear();
      setAccessToken(answer.accessToken);
      localStorage.setItem(HINT, 'yes');
      setUser(answer.user);
      setStatus('signedIn');
    }
    return {
      status,
      user,
      signIn: (credentials: Credentials) => begin('/auth/login', credentials),
      register: (account) => begin('/auth/register', account),
      signOut: async () => {
        try {
          await request('POST', '/auth/logout');
        } finally {
          // At once, so that a page for members only has sent the visitor to sign in before the
          // caller leads them somewhere else.
          flushSync(end);
        }
      },
      updateUser: async (changes) => {
        setUser((await request('PATCH', '/auth/me', { body: changes })) as SessionUser);
      },
    };
  }, [client, end, status, user]);

  return <SessionContext value={session}>{children}</SessionContext>;
}
