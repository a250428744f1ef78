// j and k walk through the links of a list; Enter is the link's own.
import type { RefObject } from "react";
import { useKeys } from "../shell/keyboard.ts";

/** The rows are the elements matching the selector inside the container. */
export function useRowKeys(container: RefObject<HTMLElement | null>, selector = "a.stretch"): void {
  const step = (by: number) => {
    const links = [...(container.current?.querySelectorAll<HTMLElement>(selector) ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
  };
  useKeys({ j: () => { step(1); }, k: () => { step(-1); } });
}
