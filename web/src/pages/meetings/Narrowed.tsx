// What a link narrowed the list to, by id: one number's meetings, one person's. Each can be taken away.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { personQuery, seriesDetailQuery } from "../../api/queries.ts";
import { meetingNumber } from "../../model/format.ts";
import { Icon } from "../../ui/Icon.tsx";

interface Props { series: string; person: string; onChange: (part: { series?: string; person?: string }) => void }

export function Narrowed({ series, person, onChange }: Props) {
  const s = useQuery({ ...seriesDetailQuery(series), enabled: series !== "" });
  const p = useQuery({ ...personQuery(person), enabled: person !== "" });
  if (series === "" && person === "") return null;
  return (
    <div className="narrowed">
      {series && <span className="chip">Series <Link className="link" to="/series/$id" params={{ id: series }}>{s.data?.topic || (s.data?.number ? meetingNumber(s.data.number) : "…")}</Link><button type="button" aria-label="All series" onClick={() => { onChange({ series: "" }); }}><Icon name="close" /></button></span>}
      {person && <span className="chip">With <Link className="link" to="/people/$id" params={{ id: person }}>{p.data?.name || "…"}</Link><button type="button" aria-label="Everybody" onClick={() => { onChange({ person: "" }); }}><Icon name="close" /></button></span>}
    </div>
  );
}
