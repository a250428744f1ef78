// An incident: is it one problem, where is it and where is it not, what happened when, who suffers, is it over?
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { incidentQuery } from "../../api/queries.ts";
import type { IncidentDetail } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { byOtherClock, firstSentence, inSentence, isCause, ofPeople } from "../../model/cause.ts";
import { capital, plural, unbroken } from "../../model/format.ts";
import { durationOf } from "../../model/incident.ts";
import { clock, day, millis, span } from "../../model/time.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { useZone } from "../../shell/zone.ts";
import { CauseChip, Confidence } from "../../ui/CauseMark.tsx";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { EvidenceLinks } from "../../ui/Download.tsx";
import { Untitled } from "../../ui/Untitled.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { Crosshair } from "../../ui/lanes/crosshair.ts";
import { Wrong } from "../../ui/Wrong.tsx";
import { Alerted } from "../alerts/Alerted.tsx";
import { SeverityMark, StateChip } from "./Marks.tsx";
import { HowMany } from "./HowMany.tsx";
import { Meetings } from "./Meetings.tsx";
import { People } from "./People.tsx";
import { SeenBefore } from "./SeenBefore.tsx";
import { Timeline } from "./Timeline.tsx";
import { Where } from "./Where.tsx";
import "./incidents.css";

export function IncidentPage() {
  const { id } = useParams({ from: "/shell/incidents/$id" });
  const query = useQuery(incidentQuery(id));
  const i = query.data;
  useCrumbs({ label: "Incidents", to: "/incidents" }, { label: i ? capital(i.sentence) : "Incident" });
  const body = useRef<HTMLDivElement>(null);
  useRowKeys(body);
  const [cross] = useState(() => new Crosshair());
  return (
    <>
      <Head i={i} />
      <Wrong query={query} what="incident" />
      <Sentence verdict={i && verdictOf(i)} />
      {i && <Alerted incident={i.id} />}
      {i?.merged_into && <p className="merged-line">It turned out to be a part of another incident, which goes on in its place. <Link className="link" to="/incidents/$id" params={{ id: i.merged_into }}>Open that one</Link></p>}
      {i && (
        <div className="columns incident" ref={body}>
          <div>
            <HowMany i={i} cross={cross} />
            <Where i={i} />
            <People key={i.id} i={i} cross={cross} />
          </div>
          <div>
            <Timeline i={i} />
            <Meetings i={i} />
            <SeenBefore key={i.id} i={i} />
          </div>
        </div>
      )}
    </>
  );
}

function Head({ i }: { i: IncidentDetail | undefined }) {
  const zone = useZone();
  const now = useNow();
  const start = millis(i?.start);
  return (
    <div className="head">
      <div className="grow">
        <h1>{i ? capital(unbroken(i.sentence)) : <Untitled />}</h1>
        <div className="meta incident-meta">
          {i && (
            <>
              <StateChip state={i.state} />
              {isCause(i.cause) && <CauseChip cause={i.cause} />}
              <SeverityMark severity={i.severity} />
              <span>{day(start, zone)}, <b>{clock(start, zone)}{i.end ? `–${clock(millis(i.end), zone)}` : " until now"}</b>, {span(durationOf(i, now))}</span>
              <span><b>{plural(i.affected, "person", "people")}</b>, {plural(i.minutes, "poor or bad minute", "poor and bad minutes")} because of it{i.state === "open" ? " so far" : ""}</span>
              <Confidence percent={i.confidence} />
              {byOtherClock(i.sentence, start, zone) && <span>sentences by the clock of the site</span>}
            </>
          )}{!i && <>&nbsp;</>}
        </div>
      </div>
      <div className="acts"><CopyLink />{i && <EvidenceLinks path={`/api/v1/incidents/${i.id}/bundle.html`} />}</div>
    </div>
  );
}

/** What speaks for the cause, in the API's own sentence; of one person alone, that it is about one. */
function verdictOf(i: IncidentDetail): Verdict {
  const grade = i.state === "open" ? "bad" : i.cause === "unknown" || i.state === "no-data" ? "unclassified" : i.state === "closed" ? "good" : "fair";
  if (i.evidence) {
    const [first, rest] = firstSentence(i.evidence);
    return { grade, pieces: [{ text: first, strong: true }, { text: rest }] };
  }
  if (!i.personal) return { grade, pieces: [{ text: `${ofPeople(i.inside)} people here, ${ofPeople(i.elsewhere)} elsewhere.`, strong: true }] };
  const candidates = (i.candidates ?? []).filter(isCause).map(inSentence);
  const unknown = ` The cause is not known${candidates.length > 0 ? `; it may be ${candidates.join(" or ")}` : ""}.${i.causeless ? " Nobody is alerted because of it." : ""}`;
  const why = i.cause === "unknown" ? unknown : " What speaks for the cause stands on the page of each join.";
  return { grade, pieces: [{ text: `${i.cell.person?.name || "One person"} alone: nobody else is bad because of it.`, strong: true }, { text: why }] };
}
