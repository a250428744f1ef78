// How the search box looks, before and after its answers are there (SearchBox.tsx, SearchAnswers.tsx).
import type { ComponentProps, RefObject } from "react";
import { Icon } from "../ui/Icon.tsx";

/** What the box hands over to the part that answers. */
export interface Search {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  setText: (text: string) => void;
  /** Where in the text somebody stood who was in the field when the answers came; undefined for nobody. */
  held: { from: number; to: number } | undefined;
}

/** What is the same in both fields. */
export const FIELD = {
  type: "search", "aria-label": "Search people, meetings, calls, sites and incidents", placeholder: "Person, meeting, address yesterday 09:41 …", autoComplete: "off", spellCheck: false,
} as const satisfies ComponentProps<"input">;

export function SearchField({ text, children, ...rest }: ComponentProps<"div"> & { text: string }) {
  return (
    <div {...rest} className="search" role="search">
      <Icon name="search" />
      {children}
      {text === "" && <kbd aria-hidden="true">/</kbd>}
    </div>
  );
}
