// What an import would do: problems, overlaps and changes, each with its line.
import type { SiteEntry, SitePlan } from "../../api/types.ts";
import { ScrollX } from "../../ui/ScrollX.tsx";
import { count, plural } from "../../model/format.ts";

export function PlanView({ plan }: { plan: SitePlan }) {
  return (
    <>
      <p className="verdict plan">
        {plan.problems.length > 0
          ? <><b>Nothing can be applied: {plural(plan.problems.length, "row is", "rows are")} wrong.</b> Mend the file, then preview it again.</>
          : <><b>{count(plan.new)} new, {count(plan.changed)} changed, {count(plan.removed)} removed</b>, {count(plan.same)} as {plan.same === 1 ? "it is" : "they are"}.{plan.overlaid > 0 && ` ${plural(plan.overlaid, "overlap", "overlaps")}: the longest prefix wins.`}</>}
      </p>
      {plan.problems.length > 0 && (
        <section className="panel" aria-label="Problems"><div className="panel-head"><h2>Wrong</h2><span className="sub">all of it has to be right before any of it counts</span></div>
          <ScrollX label="Problems, table"><table><thead><tr><th className="r line-no">Line</th><th>What</th></tr></thead><tbody>{plan.problems.map((p, i) => <tr key={i}><td className="r">{p.line}</td><td className="anywhere">{p.text}</td></tr>)}</tbody></table></ScrollX>
        </section>
      )}
      {plan.overlaps.length > 0 && (
        <section className="panel" aria-label="Overlaps"><div className="panel-head"><h2>Overlaps</h2><span className="sub">allowed: who has the longer prefix gets its addresses</span></div>
          <ScrollX label="Overlaps, table"><table><thead><tr><th>Line</th><th>Gets the addresses</th><th>Within</th></tr></thead><tbody>{plan.overlaps.map((o) => <tr key={`${o.inner} ${o.outer}`}><td className="nw">{lineWord(o.inner_line)} in {lineWord(o.outer_line)}</td><td><span className="mono">{o.inner}</span> <b className="m">{o.inner_site}</b></td><td><span className="mono">{o.outer}</span> {o.outer_site}</td></tr>)}</tbody></table></ScrollX>
        </section>
      )}
      {plan.entries.length > 0 && (
        <section className="panel" aria-label="Changes"><div className="panel-head"><h2>Changes</h2>{plan.entries.length < plan.new + plan.changed + plan.removed && <span className="sub">the first {count(plan.entries.length)}</span>}</div>
          <ScrollX label="Changes, table"><table><thead><tr><th>What</th><th className="r line-no wide-only">Line</th><th>Range</th><th>Site</th></tr></thead><tbody>{plan.entries.map((e, i) => <tr key={i}><td className="m">{e.kind}</td><td className="r line-no wide-only">{e.line ? e.line : ""}</td><td className="mono">{e.range}</td><td className="anywhere">{entryWord(e)}</td></tr>)}</tbody></table></ScrollX>
        </section>
      )}
    </>
  );
}

const lineWord = (line: number | undefined): string => (line ? `line ${line}` : "the list");

function entryWord(e: SiteEntry): string {
  if (e.fields && e.fields.length > 0) return `${e.site ?? ""}: ${e.fields.map((f) => `${f.name} ${f.was || "unknown"} → ${f.is || "unknown"}`).join(", ")}`;
  if (e.kind === "removed") return `${e.was ?? ""} → no site`;
  return e.was ? `${e.was} → ${e.site ?? ""}` : (e.site ?? "");
}
