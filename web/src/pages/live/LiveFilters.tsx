// What the list is narrowed to. It stands in the address, so that a link gives the same view.
import { useRef } from "react";
import { CALL_KIND } from "../../live/calls.ts";
import type { LiveFilter } from "../../live/meetings.ts";
import { WORST_FIRST } from "../../model/grade.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Icon } from "../../ui/Icon.tsx";

const KINDS = [["", "All kinds"], ["meeting", "Meetings"], ["webinar", "Webinars"], ["session", "Video SDK sessions"], [CALL_KIND, "Phone calls"]] as const;

interface Props { filter: LiveFilter; onChange: (part: { q?: string; grade?: string; kind?: string }) => void }

export function LiveFilters({ filter, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useKeys({ f: () => { input.current?.focus(); } });
  const any = filter.q !== "" || filter.grades.length > 0 || filter.kind !== "";
  return (
    <div className="filters">
      <input
        ref={input} className="field" type="search" aria-label="Filter by topic, host, name or number" placeholder="Topic, host, name, number" value={filter.q}
        onChange={(e) => { onChange({ q: e.currentTarget.value }); }} onKeyDown={(e) => { if (e.key === "Escape") e.currentTarget.blur(); }}
      />
      <select className="field" aria-label="Kind" value={filter.kind} onChange={(e) => { onChange({ kind: e.currentTarget.value }); }}>
        {KINDS.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
      </select>
      {WORST_FIRST.filter((g) => filter.grades.includes(g)).map((g) => (
        <button key={g} type="button" className="btn on" onClick={() => { onChange({ grade: filter.grades.filter((x) => x !== g).join(",") }); }} title={`Remove ${g} from the filter`}>
          <GradeShape grade={g} />{g}<Icon name="close" />
        </button>
      ))}
      {any && <button type="button" className="btn quiet" onClick={() => { onChange({ q: "", grade: "", kind: "" }); }}>Clear</button>}
    </div>
  );
}
