// Chance that is the same on every run: a hash of a text as a number from 0 to 1.

export function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h ^= h >>> 16;
  h = Math.imul(h, 2246822507);
  h ^= h >>> 13;
  h = Math.imul(h, 3266489909);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

export const pick = <T>(items: readonly T[], text: string): T => items[Math.floor(hash(text) * items.length)] as T;

/** An id as the API writes it: 16 hexadecimal digits. */
export const id = (text: string): string =>
  [text, `${text}'`].map((t) => Math.floor(hash(t) * 4294967296).toString(16).padStart(8, "0")).join("");
