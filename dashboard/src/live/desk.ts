// Name of this desk in the journal: a silence holds for one desk only, so the entry has to say which.
const STORED_AS = 'louwei.desk';

const newName = (): string =>
  `desk-${[...crypto.getRandomValues(new Uint8Array(3))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

let name: string | null = null;

export const deskName = (): string => {
  if (name !== null) return name;
  try {
    name = localStorage.getItem(STORED_AS) ?? newName();
    localStorage.setItem(STORED_AS, name);
  } catch {
    // Without storage the desk has another name after each reload.
    name ??= newName();
  }
  return name;
};
