// Which new passwords are refused. Length and known-bad values, no composition rules (OWASP ASVS 5.0 6.2.1 and 6.2.4).

export const MIN_PASSWORD_LENGTH = 8;
const MIN_DISTINCT_CHARACTERS = 5;

/** Beginnings of the most used long passwords and of our own names. */
const KNOWN = [
  'password',
  'passw0rd',
  'qwertyui',
  'admin',
  '12345678',
  '11111111',
  'iloveyou',
  'letmein',
  'welcome',
  'louwei',
];

/** @returns what is expected instead, or null when the password may be used. */
export function passwordFault(password: string, username: string): string | null {
  if ([...password].length < MIN_PASSWORD_LENGTH) return `at least ${MIN_PASSWORD_LENGTH} characters`;
  const lower = password.toLowerCase();
  if (new Set(lower).size < MIN_DISTINCT_CHARACTERS) return `at least ${MIN_DISTINCT_CHARACTERS} different characters`;
  // `password2026`, `admin1234567`, `2026-anna`: a known word or the username with little added.
  const isDressed = (word: string): boolean => lower.includes(word) && /^[\d!.@#$_-]*$/.test(lower.replace(word, ''));
  if (isDressed(username.toLowerCase())) return 'more than the username with digits';
  const known = KNOWN.find(isDressed);
  if (known !== undefined) return 'a password that is not among the most used ones';
  return null;
}
