// The signed-in person and what he may do.
import type { people } from '@louwei/server/contract';
import { createContext, useContext } from 'react';

export const SESSION_KEY = ['session'] as const;
export const SessionContext = createContext<people.Session | null>(null);

export const useSession = (): people.Session => {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('a screen was shown without a session');
  return session;
};

export const useMay = (permission: people.Permission): boolean => useSession().permissions.includes(permission);
