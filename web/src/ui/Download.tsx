// Links that save a file: a table for spreadsheets, or the evidence for somebody else's ticket.
import { useZone } from "../shell/zone.ts";
import { withQuery } from "../api/client.ts";
import { Icon } from "./Icon.tsx";

interface CsvProps { path: string; query?: Record<string, string | undefined>; what: string }

export function CsvLink({ path, query, what }: CsvProps) {
  return <a className="btn" href={withQuery(path, query ?? {})} download title={`${what}, as a table for spreadsheets`}><Icon name="download" />CSV</a>;
}

/** The evidence as one file that opens offline: with pseudonyms for outsiders, or with everything. */
export function EvidenceLinks({ path }: { path: string }) {
  const zone = useZone();
  const zoneName = zone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
  const href = (redact: "true" | "false") => withQuery(path, { redact, zone: zoneName });
  return (
    <>
      <a className="btn" href={href("true")} download title="One HTML file for the provider’s or Zoom’s ticket: people, addresses and hosts have pseudonyms"><Icon name="download" />Evidence, redacted</a>
      <a className="btn" href={href("false")} download title="The same with all names and addresses"><Icon name="download" />Evidence, full</a>
    </>
  );
}
