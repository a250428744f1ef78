// A participant: why somebody could not hear or be heard. The verdict, then every stream in both directions over one time
// axis, then what is known of the computer and the network.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { peersQuery, segmentQuery, seriesQuery } from "../../api/queries.ts";
import type { SegmentDetail } from "../../api/types.ts";
import { minutesOf, verdictAt, worstVerdict } from "../../model/cause.ts";
import { meetingName, networkWord, personName } from "../../model/format.ts";
import { clock, day, millis } from "../../model/time.ts";
import { participantVerdict } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useZone } from "../../shell/zone.ts";
import { Absent } from "../../ui/Absent.tsx";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { CsvLink, EvidenceLinks } from "../../ui/Download.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Untitled } from "../../ui/Untitled.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { EvidencePanel } from "./EvidencePanel.tsx";
import { FactsPanel } from "./FactsPanel.tsx";
import { RawPanel } from "./RawPanel.tsx";
import { StreamsPanel } from "./StreamsPanel.tsx";
import { SummaryPanel } from "./SummaryPanel.tsx";
import { TroubleList } from "./TroubleList.tsx";
import { TrustPanel } from "./TrustPanel.tsx";
import { useCrosshair, worstOfMinutes } from "./useCrosshair.ts";
import { VerdictHead } from "./VerdictHead.tsx";
import "./participant.css";

/** While the person is there, new reports are asked for this often. */
const LIVE_MS = 10_000;
/** What was usual is told by minutes. */
const PEERS_MS = 60_000;

export function ParticipantPage() {
  const { id } = useParams({ from: "/shell/segments/$id" });
  const search = useSearch({ from: "/shell/segments/$id" });
  const navigate = useNavigate({ from: "/segments/$id" });
  const zone = useZone();
  const segment = useQuery({ ...segmentQuery(id), refetchInterval: (q) => (q.state.data?.present ? LIVE_MS : false) });
  const series = useQuery({ ...seriesQuery(id), refetchInterval: segment.data?.present ? LIVE_MS : false });
  const withPeers = search.peers !== "0";
  const peers = useQuery({ ...peersQuery(id), enabled: withPeers && segment.data?.reported === true, refetchInterval: segment.data?.present ? PEERS_MS : false });
  const s = segment.data;
  const name = s ? personName(s.person) : "";
  useCrumbs({ label: "Meetings", to: "/meetings" }, ...(s ? [{ label: meetingName(s.meeting_row), to: `/meetings/${s.meeting}` }] : []), { label: name || "Participant" });
  const pin = (at: number | undefined) => { void navigate({ search: (old) => ({ ...old, at: at === undefined ? "" : new Date(at).toISOString() }), replace: true, resetScroll: false }); };
  // The one that the address points into, else the worst.
  const why = s && series.data ? (verdictAt(s.verdicts, millis(search.at)) ?? worstVerdict(s.verdicts, series.data.minutes)) : undefined;
  const own = why && series.data ? minutesOf(why, series.data.minutes) : [];
  // It stays at the worst minute of what is spoken of.
  const crosshair = useCrosshair(search.at, series.data, pin, worstOfMinutes(own));
  const verdict = s && series.data && participantVerdict(series.data.minutes, { reported: s.reported, external: s.person.external ?? false, ...(s.why ? { why: s.why } : {}) }, zone);

  if (segment.error && !s) return <Absent query={segment} what="participant" />;
  return (
    <>
      <Head s={s} />
      <Wrong query={segment} what="participant" />
      {s && why ? <VerdictHead v={why} grade={own.some((m) => m.grade === "bad") ? "bad" : "poor"} segment={s} /> : <Sentence verdict={verdict || undefined} />}
      {s && series.data && why && (
        <div className="evidence-row">
          <EvidencePanel v={why} segment={s} series={series.data} />
          <TroubleList verdicts={s.verdicts} shown={why} onChoose={(v) => { const at = worstOfMinutes(minutesOf(v, series.data.minutes)); pin(Number.isNaN(at) ? millis(v.from) : at); }} />
        </div>
      )}
      <div className="columns">
        <section className="panel" aria-label="Streams over time">
          <Wrong query={series} what="series" />
          <StreamsPanel
            series={series.data} peers={withPeers ? peers.data : undefined} withPeers={withPeers} segment={s} tab={search.tab} table={search.table === "1"} crosshair={crosshair} onPin={pin} range={why}
            onPeers={(on) => { void navigate({ search: (old) => ({ ...old, peers: on ? "" : "0" }), replace: true, resetScroll: false }); }}
            onTab={(tab) => { void navigate({ search: (old) => ({ ...old, tab }), replace: true, resetScroll: false }); }}
            onTable={(on) => { void navigate({ search: (old) => ({ ...old, table: on ? "1" : "" }), replace: true, resetScroll: false }); }}
          />
        </section>
        <div>
          <FactsPanel segment={s} series={series.data} crosshair={crosshair} onPin={pin} />
          <TrustPanel segment={s} series={series.data} />
        </div>
      </div>
      {s && s.summaries.length > 0 && <SummaryPanel summaries={s.summaries} />}
      {s && <RawPanel segment={s} crosshair={crosshair} />}
    </>
  );
}

function Head({ s }: { s: SegmentDetail | undefined }) {
  const zone = useZone();
  const leave = millis(s?.leave ?? s?.meeting_row.end);
  return (
    <div className="head">
      <div className="grow">
        <h1>{s ? <>{personName(s.person)} <span className="in">in {meetingName(s.meeting_row)}</span></> : <Untitled />}</h1>
        <div className="meta">
          {s && (
            <>
              <span>{s.join ? `${day(millis(s.join), zone)}, ` : "joined before Earshot heard of it, "}<b>{s.join && clock(millis(s.join), zone)}{s.join && !s.present ? "–" : " until "}{s.present ? "now" : clock(leave, zone)}</b></span>
              {s.site && <span>{s.site.name}{s.network && `, ${networkWord(s.network)}`}</span>}
              {s.device && <span>{[s.device, s.client_version].filter(Boolean).join(", client ")}</span>}
              {s.leave_reason && <span>left: {s.leave_reason}</span>}
              {s.person.id && <Link className="link" to="/people/$id" params={{ id: s.person.id }}>all joins</Link>}
              {s.rejoins?.map((r) => <Link key={r.id} className="link" to="/segments/$id" params={{ id: r.id }}>also joined {clock(millis(r.join), zone)}</Link>)}
            </>
          )}&nbsp;
        </div>
      </div>
      <div className="acts"><CopyLink />{s && <CsvLink path={`/api/v1/segments/${s.id}/series.csv`} what="Every report by the names of Zoom’s Dashboard" />}{s && <EvidenceLinks path={`/api/v1/segments/${s.id}/bundle.html`} />}{s && <Link className="btn" to="/meetings/$id" params={{ id: s.meeting }} search={{ person: s.person.id ?? s.id }}>Whole meeting</Link>}</div>
    </div>
  );
}
