// In place of a page whose thing could not be read, or is not kept any more: its heading, and why. No frame of empty panels.
import { capital } from "../model/format.ts";
import { Wrong, type Reading } from "./Wrong.tsx";

export function Absent({ query, what }: { query: Reading; what: string }) {
  const title = capital(what);
  return (
    <>
      <div className="head"><div className="grow"><h1>{title}</h1></div></div>
      <section className="panel" aria-label={title}><Wrong query={query} what={what} /></section>
    </>
  );
}
