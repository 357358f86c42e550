// The session cookie: out of reach of scripts and of other sites. On TLS its name binds it to this host (`__Host-`).

const attributes = (secure: boolean): string => `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

/** `__Host-louwei` on TLS, `louwei` otherwise. */
export const cookieName = (secure: boolean): string => (secure ? '__Host-louwei' : 'louwei');

export const sessionCookie = (secure: boolean, token: string, maxAgeS: number): string =>
  `${cookieName(secure)}=${token}; ${attributes(secure)}; Max-Age=${maxAgeS}`;

export const clearedCookie = (secure: boolean): string => `${cookieName(secure)}=; ${attributes(secure)}; Max-Age=0`;
