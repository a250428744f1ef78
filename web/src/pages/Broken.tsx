// A page that broke while it was drawn: a mistake of Earshot's own. It says so, and the rest goes on working.
import type { ErrorComponentProps } from "@tanstack/react-router";

export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <div className="empty" role="alert">
      <b>This page broke while it was drawn.</b>
      That is a mistake in Earshot, not in your data: <span className="mono">{error instanceof Error ? error.message : String(error)}</span>
      <p><button type="button" className="btn" onClick={reset}>Try again</button></p>
    </div>
  );
}
