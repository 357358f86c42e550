// What is written down about a name someone tried to sign in with. People type their password into the name field;
// whatever cannot be a username is therefore not repeated.

export const NOT_A_NAME = '(not a username)';

export const namedActor = (tried: string): string => (/^[a-z][a-z0-9._-]{1,31}$/.test(tried) ? tried : NOT_A_NAME);
