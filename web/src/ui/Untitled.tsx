/** Holds the place of a page's heading until its name has been read: a line's height for eyes, a word for screen readers. */
export function Untitled() {
  return <><span className="sr">Reading</span>{"\u00a0"}</>;
}
