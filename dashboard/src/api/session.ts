// Signing in and out, and the person's own settings.
import type { people } from '@louwei/server/contract';
import { failureCode, type List, pathOf, request } from './request.ts';

const SESSION = pathOf('session');

/** The present session, or null when nobody is signed in; throws when the server cannot tell. */
export const fetchSession = async (): Promise<people.Session | null> => {
  try {
    return await request<people.Session>('GET', SESSION);
  } catch (error) {
    if (failureCode(error) === 'not-signed-in') return null;
    throw error;
  }
};

export const signIn = (username: string, password: string): Promise<people.Session> =>
  request('POST', SESSION, { username, password });
export const signOut = (): Promise<void> => request('DELETE', SESSION);
export const saveLanguage = (language: 'zh-CN' | 'en'): Promise<unknown> =>
  request('PATCH', `${SESSION}/settings`, { language });
export const changePassword = (current: string, next: string): Promise<unknown> =>
  request('POST', `${SESSION}/password`, { current, next });
export const fetchPeople = (): Promise<List<people.Person>> => request('GET', `${pathOf('people')}?limit=200`);
