// Which meeting, when, whose.
import { Link } from "@tanstack/react-router";
import type { MeetingDetail } from "../../api/types.ts";
import { kindWord, meetingName, meetingNumber, plural } from "../../model/format.ts";
import { clock, day, millis } from "../../model/time.ts";
import { useZone } from "../../shell/zone.ts";
import { CopyLink } from "../../ui/CopyLink.tsx";
import { CsvLink, EvidenceLinks } from "../../ui/Download.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Untitled } from "../../ui/Untitled.tsx";

export function MeetingHead({ meeting: m, onWorst }: { meeting: MeetingDetail | undefined; onWorst: (() => void) | undefined }) {
  const zone = useZone();
  const start = millis(m?.start);
  const end = millis(m?.end);
  return (
    <div className="head">
      <div className="grow">
        <h1>{m ? meetingName(m) : <Untitled />}{m?.live && <> <span className="chip live-chip"><span className="dot" />live</span></>}</h1>
        <div className="meta">
          {m && (
            <>
              <span>{day(start, zone)}, <b>{m.start_estimated ? "before " : ""}{clock(start, zone)}{m.live ? " until now" : `–${Number.isNaN(end) ? "?" : clock(end, zone)}`}</b></span>
              <span>{m.kind === "meeting" ? "Meeting" : kindWord(m.kind)}{m.number && <> <b>{meetingNumber(m.number)}</b></>}</span>
              {m.live && <span><b>{plural(m.people, "person", "people")}</b> there now</span>}
              {m.host && <span>Host <b>{m.host}</b></span>}
              {m.series && <Link className="link" to="/meetings" search={{ series: m.series }}>the whole series</Link>}
              {m.parent && <Link className="link" to="/meetings/$id" params={{ id: m.parent }}>main meeting</Link>}
              <span className="mono" title="Zoom's uuid of this instance">{m.uuid}</span>
            </>
          )}&nbsp;
        </div>
      </div>
      <div className="acts">
        <CopyLink />
        {m && <CsvLink path={`/api/v1/meetings/${m.id}/minutes.csv`} what="Every person’s every minute" />}
        {m && <EvidenceLinks path={`/api/v1/meetings/${m.id}/bundle.html`} />}
        <button type="button" className="btn primary" disabled={!onWorst} onClick={onWorst}><Icon name="jump" />Jump to the worst <kbd>w</kbd></button>
      </div>
    </div>
  );
}
