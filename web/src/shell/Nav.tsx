// The pages that exist, and at the foot whether one is up to date.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { request } from "../api/client.ts";
import { firingQuery } from "../api/alerts.ts";
import { openIncidentsQuery } from "../api/queries.ts";
import { useLink, useStatus } from "../live/follow.ts";
import { count, delay } from "../model/format.ts";
import { stoppedFor } from "../model/stopped.ts";
import { clockSeconds, span } from "../model/time.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { AccountSwitch } from "./AccountSwitch.tsx";
import { Brand } from "./Brand.tsx";
import { queryClient, hub } from "../live/follow.ts";
import { useZone } from "./zone.ts";

export const PAGES: readonly { to: string; label: string; icon: IconName; key: string; first: boolean }[] = [
  { to: "/overview", label: "Overview", icon: "overview", key: "o", first: true },
  { to: "/live", label: "Live", icon: "live", key: "l", first: true },
  { to: "/incidents", label: "Incidents", icon: "incidents", key: "i", first: true },
  { to: "/alerts", label: "Alerts", icon: "alerts", key: "a", first: false },
  { to: "/meetings", label: "Meetings", icon: "meetings", key: "m", first: true },
  { to: "/people", label: "People", icon: "people", key: "p", first: false },
  { to: "/phone", label: "Phone", icon: "phone", key: "t", first: false },
  { to: "/sites", label: "Sites", icon: "sites", key: "s", first: false },
  { to: "/devices", label: "Devices", icon: "device", key: "d", first: false },
  { to: "/ingest", label: "Ingest health", icon: "ingest", key: "h", first: false },
];

export function Nav({ open, onGo, onKeys }: { open: boolean; onGo: () => void; onKeys: () => void }) {
  const status = useStatus();
  const navigate = useNavigate();
  const incidents = useQuery(openIncidentsQuery);
  const alerts = useQuery(firingQuery);
  const counts: Record<string, number | undefined> = { "/live": status?.meetings, "/phone": status?.calls, "/incidents": incidents.data?.length, "/alerts": alerts.data?.length };
  const leave = async () => {
    // Whatever the server says, the person wants out: the page forgets what it knew.
    await request("DELETE", "/api/v1/session").catch(() => undefined);
    hub.stop();
    queryClient.clear();
    await navigate({ to: "/login" });
  };
  return (
    <nav className={open ? "nav open" : "nav"} aria-label="Main" id="nav">
      <Link className="brand" to="/overview" aria-label="Earshot, Overview"><Brand /><span className="label">Earshot</span></Link>
      {PAGES.map((p) => (
        <div key={p.to} className={p.first ? "page first" : "page"}>
          {p.to === "/ingest" && <div className="sep" />}
          <Link className="item" to={p.to} onClick={onGo} activeProps={{ "aria-current": "page" }} title={p.label}>
            <Icon name={p.icon} /><span className="label">{p.label}</span>
            {counts[p.to] !== undefined && <span className="count">{count(counts[p.to] ?? 0)}</span>}
          </Link>
        </div>
      ))}
      {open && <AccountSwitch />}
      <button type="button" className="item" onClick={() => { void leave(); }} title="Log out"><Icon name="leave" /><span className="label">Log out</span></button>
      <div className="foot">
        <StatusLine />
        <button type="button" className="words" onClick={onKeys}><kbd>?</kbd> all shortcuts</button>
      </div>
    </nav>
  );
}

/** The newest event's time, and how long it took to get here. */
function StatusLine() {
  const link = useLink();
  const status = useStatus();
  const zone = useZone();
  const words = link.state === "lost" ? "Not following" : status === undefined ? "Connecting" : status.last_event === undefined ? "No event yet" : `Last event ${clockSeconds(Date.parse(status.last_event), zone)}`;
  const stopped = stoppedFor(status);
  const well = link.state === "following" && status?.receiver !== false && stopped === 0;
  return (
    <div>
      <div className="line" title={words}><span className={well ? "dot" : "dot lost"} /><span className="words">{words}</span></div>
      <div className="words">{stopped > 0 ? `${span(stopped)} ago` : status?.last_event ? `lag ${delay(status.lag_ms)}` : "\u00a0"}{status?.receiver === false && " · receiver down"}</div>
    </div>
  );
}
