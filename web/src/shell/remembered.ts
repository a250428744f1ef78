// A choice that the browser remembers, shared by every tab: among a few words, or among all that a test lets pass.

export interface Remembered<T extends string> { get: () => T; set: (value: T) => void; watch: (act: () => void) => () => void }

/** Storage that is forbidden or full only means that the choice lasts as long as the page. */
export function remembered<T extends string>(key: string, allowed: readonly T[] | ((text: string) => text is T), fallback: T): Remembered<T> {
  const watchers = new Set<() => void>();
  const parse = (text: string | null): T => {
    if (typeof allowed === "function") return text !== null && allowed(text) ? text : fallback;
    return allowed.find((a) => a === text) ?? fallback;
  };
  let value = fallback;
  try {
    value = parse(localStorage.getItem(key));
  } catch { /* see above */ }
  const tell = (next: T) => {
    value = next;
    for (const act of watchers) act();
  };
  window.addEventListener("storage", (e) => { if (e.key === key) tell(parse(e.newValue)); });
  return {
    get: () => value,
    set: (next) => {
      try {
        localStorage.setItem(key, next);
      } catch { /* see above */ }
      tell(next);
    },
    watch: (act) => {
      watchers.add(act);
      return () => watchers.delete(act);
    },
  };
}
