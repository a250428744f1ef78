// A table that may be wider than the window: it scrolls by itself, by pointer and by keyboard.
import type { ReactNode } from "react";

export function ScrollX({ label, children }: { label: string; children: ReactNode }) {
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  return <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>{children}</div>;
}
