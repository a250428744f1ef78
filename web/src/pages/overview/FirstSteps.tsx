// Nothing has ever been received: what has to be done before there is anything to see, with ticks for what is done.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ingestQuery } from "../../api/queries.ts";
import { useNow } from "../../live/follow.ts";
import { endpointOf, isValidated, obstacles, secretsOf } from "../../model/setup.ts";
import { Tick } from "../setup/Tick.tsx";

/** By itself nothing changes on this page but what it waits for. */
const LOOK_MS = 5_000;

export function FirstSteps() {
  const now = useNow();
  const i = useQuery({ ...ingestQuery, refetchInterval: LOOK_MS }).data;
  const [name = ""] = (i?.subscriptions ?? []).map((s) => s.name);
  const [obstacle] = i ? obstacles(i) : [];
  return (
    <section className="panel" aria-label="First steps">
      <div className="panel-head"><h2>Waiting for the first event from Zoom.</h2><span className="sub">ticks turn, and this page fills, by themselves</span></div>
      <div className="first-steps">
        {obstacle && <p><b>{obstacle.text}</b> <span className="t2">{obstacle.todo}</span></p>}
        <ol>
          <Step done={i && secretsOf(i) > 0} title="Secret token">Copy the Secret Token of your app in Zoom’s Marketplace into <code>ZOOM_WEBHOOK_SECRET_TOKEN</code> and start Earshot with it.</Step>
          <Step done={i && isValidated(i, now)} title="Endpoint">In the app’s event subscription paste <code>{endpointOf("", name)}</code>, with your public name in place of the example, and press Validate: Zoom’s challenge is answered by itself.</Step>
          <Step done={i && false} title="Events">Tick the Quality of Service events and the meeting events, save, and hold a short meeting. The first report comes within two minutes of joining.</Step>
        </ol>
        <p><Link className="link" to="/setup">Setup</Link> has every step in full: scopes, names of events, what was refused and why. Without Zoom, <code>earshot emulate</code> sends an invented company’s meetings.</p>
      </div>
    </section>
  );
}

function Step({ done, title, children }: { done: boolean | undefined; title: string; children: ReactNode }) {
  return <li data-step={title} data-done={done ?? "unknown"}><Tick on={done} /><div><b>{title}</b><div className="t2">{children}</div></div></li>;
}
