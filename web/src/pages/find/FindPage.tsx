// Find by what the ticket says: an address, subnet, MAC, host, e-mail or name, at a time. One row is one person in one meeting,
// and leads to their page at that minute. The address bar holds what is looked for, since it has to be a link that can be sent
// on; nothing on the server writes addresses down (neither log nor metrics).
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { findQuery } from "../../api/queries.ts";
import type { FindResult } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { readSought, SOUGHT_WORDS, soughtKind, whenWords } from "../../model/find.ts";
import { plural } from "../../model/format.ts";
import { WORST_FIRST } from "../../model/grade.ts";
import { fieldToInstant, instantToField, millis, type Zone } from "../../model/time.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useZone } from "../../shell/zone.ts";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { TextFilter } from "../../ui/TextFilter.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { FoundCalls, FoundMeetings } from "./FoundOthers.tsx";
import { FoundTable } from "./FoundTable.tsx";
import "./find.css";

const SPANS = [["5", "5 min"], ["15", "15 min"], ["60", "1 h"], ["240", "4 h"]] as const;

export function FindPage() {
  useCrumbs({ label: "Find" });
  const s = useSearch({ from: "/shell/find" });
  const navigate = useNavigate({ from: "/find" });
  const zone = useZone();
  const now = useNow(60_000);
  const account = useAccount();
  const span = s.span ?? "15";
  const asked = { q: s.q ?? "", at: s.at ?? "", span: s.at ? span : "", account };
  const query = useQuery({ ...findQuery(asked), placeholderData: (old) => old });
  const found = asked.q === "" ? undefined : query.data;
  const body = useRef<HTMLDivElement>(null);
  useRowKeys(body);
  const set = (part: { q?: string; at?: string; span?: string }) => { void navigate({ search: (old) => ({ ...old, ...part }), replace: true }); };
  // What is typed may say when it was: it goes where times stand.
  const type = (text: string) => {
    const sought = readSought(text, now, zone);
    if (sought.at === undefined) set({ q: sought.q });
    else set({ q: sought.q || asked.q, at: new Date(sought.at).toISOString() });
  };
  const kind = asked.q === "" ? "" : SOUGHT_WORDS[soughtKind(asked.q)];
  return (
    <>
      <div className="head"><div className="grow"><h1>{asked.q === "" ? "Find" : <>{asked.q} <span className="in">{kind}</span></>}</h1><div className="meta">{asked.at ? <span>{whenWords(millis(asked.at), zone)}, {SPANS.find(([v]) => v === span)?.[1] ?? `${span} min`} before and after</span> : <span>Any time, newest first. Say when it was to see how it was then.</span>}</div></div></div>
      <div className="filters find-fields">
        <TextFilter key={asked.q === "" ? "empty" : "set"} value={asked.q} label="What the ticket says" placeholder="Address, subnet, MAC, host, e-mail, name" onChange={type} />
        <label className="labelled">at <input className="field" type="datetime-local" value={instantToField(asked.at, zone)} onChange={(e) => { set({ at: fieldToInstant(e.currentTarget.value, zone) }); }} /></label>
        {asked.at && (
          <label className="labelled">±
            <select className="field" aria-label="Minutes before and after" value={span} onChange={(e) => { set({ span: e.currentTarget.value }); }}>
              {!SPANS.some(([v]) => v === span) && <option value={span}>{span} min</option>}
              {SPANS.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
            </select>
          </label>
        )}
        {asked.at && <button type="button" className="btn quiet" onClick={() => { set({ at: "", span: "" }); }}>Any time</button>}
      </div>
      {asked.q === "" ? <Examples /> : <Sentence verdict={found && verdictOf(found, asked.q, zone)} />}
      {asked.q !== "" && <Wrong query={query} what="what was found" />}
      <div ref={body}>
        {found && <FoundTable found={found} />}
        {found && <FoundMeetings items={found.meetings} at={asked.at} />}
        {found && <FoundCalls found={found} />}
      </div>
    </>
  );
}

function Examples() {
  const rows = [
    ["10.20.4.17 yesterday 09:41", "who had that address then, inside or outside"], ["10.20.4.0/22 today 09:41", "everybody of a subnet, worst first"], ["00:00:5e:00:53:2a", "a MAC address, as any system writes it"],
    ["BER-LT-0042 Tuesday 14:00", "a host name"], ["ines@halden.example 2 h ago", "a person"], ["842 1907 5536", "a meeting’s number, a uuid, a phone call"],
  ] as const;
  return (
    <section className="panel" aria-label="What can be found">
      <div className="panel-head"><h2>Type what the ticket says</h2><span className="sub">here, or in the search box on any page (<kbd>/</kbd>)</span></div>
      <dl className="examples">{rows.map(([text, what]) => <div key={text}><dt className="mono">{text}</dt><dd>{what}</dd></div>)}</dl>
    </section>
  );
}

function verdictOf(f: FindResult, q: string, zone: Zone): Verdict {
  const people = f.items.length;
  const when = f.at ? ` around ${whenWords(millis(f.at), zone)}` : "";
  if (people === 0) {
    const others = f.meetings.length + f.calls.length;
    return { grade: "unclassified", pieces: [{ text: `Nobody in a meeting matches “${q}”${when}.`, strong: true }, { text: others > 0 ? ` ${plural(f.meetings.length, "meeting does", "meetings do")}, and ${plural(f.calls.length, "phone call", "phone calls")}.` : "" }] };
  }
  const worst = WORST_FIRST.find((g) => f.items.some((i) => i.grade === g)) ?? "unclassified";
  const hit = f.items.filter((i) => i.grade === "bad" || i.grade === "poor");
  const of = plural(people, "join", "joins") + (f.more ? " and more" : "");
  const pieces = [{ text: hit.length === 0 ? "Nobody had a poor or bad minute" : `${hit.length} of ${of} had poor or bad minutes`, strong: true }, { text: hit.length === 0 ? ` among ${of}${when}.` : `${when}.` }];
  return { grade: worst, pieces };
}
