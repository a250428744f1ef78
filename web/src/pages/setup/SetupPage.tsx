// Setup: what to paste where in Zoom's Marketplace, in the order in which it is done, with ticks that turn as things arrive.
// The secret token is never shown: Earshot reads it from its environment or configuration and tells only that it has one.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ingestQuery } from "../../api/queries.ts";
import type { Ingest } from "../../api/types.ts";
import { plural } from "../../model/format.ts";
import { arrivals, EVENT_GROUPS, isValidated, obstacles, secretsOf } from "../../model/setup.ts";
import type { Verdict } from "../../model/verdict.ts";
import { useNow } from "../../live/follow.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { Sentence } from "../../ui/Sentence.tsx";
import { TextFilter } from "../../ui/TextFilter.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { Endpoints } from "./Endpoints.tsx";
import { EventTicks } from "./EventTicks.tsx";
import { Tick } from "./Tick.tsx";
import { Trouble } from "./Trouble.tsx";
import "./setup.css";

export function SetupPage() {
  useCrumbs({ label: "Ingest health", to: "/ingest" }, { label: "Setup" });
  const query = useQuery(ingestQuery);
  const now = useNow();
  const { host = "" } = useSearch({ from: "/shell/setup" });
  const navigate = useNavigate({ from: "/setup" });
  const i = query.data;
  const secrets = secretsOf(i);
  const got = arrivals(i);
  const challenged = isValidated(i, now);
  const needed = EVENT_GROUPS.filter((g) => g.needed).flatMap((g) => g.events).some((e) => got.has(e));
  return (
    <>
      <div className="head"><div className="grow"><h1>Setup</h1><div className="meta"><span>Connect Zoom’s Quality of Service Subscription, step by step. Ticks turn by themselves.</span></div></div></div>
      <Wrong query={query} what="what has arrived" />
      <Sentence verdict={i && verdictOf(i, challenged, needed)} />
      <ol className="steps">
        <Step n={1} title="Give Earshot the app’s secret token" done={secrets > 0} state={secrets > 0 ? plural(secrets, "secret is loaded", "secrets are loaded") : "none loaded"}>
          <p>In Zoom’s Marketplace: <b>Develop → Build App</b>, a <b>General app</b> or <b>Server-to-Server OAuth</b> app, then <b>Features → Access → Token</b>. Copy the <b>Secret Token</b> (not the verification token) into the environment of the receiver and restart it:</p>
          <pre className="paste">ZOOM_WEBHOOK_SECRET_TOKEN=…</pre>
          <p className="t2">Earshot never shows it and never writes it down. To change it, load the old and the new one side by side until Zoom signs with the new.</p>
        </Step>
        <Step n={2} title="Add the scopes" done={undefined} state="Earshot cannot see this">
          <p>The account needs the <b>Quality of Service Subscription</b> (Business or Enterprise), and the app <span className="mono">dashboard:read:meeting_participant_qos:admin</span> and <span className="mono">qss:read:meeting_participant_data:admin</span> (their <span className="mono">:master</span> forms in a master account; for webinars alike). Without the second Zoom sends no addresses and devices.</p>
        </Step>
        <Step n={3} title="Paste the endpoint" done={challenged} state={challenged ? "Zoom has validated it" : "not validated yet"}>
          <p>Under <b>Features → Access → Event Subscription</b>, add one, choose <b>all users in the account</b> (with sub-accounts in a master account), and paste the address. It must be reachable from the internet over https with a certificate of a public authority.</p>
          <div className="host"><span className="t3 f12">Public name of the receiver</span><TextFilter value={host} label="Public name of the receiver" placeholder="earshot.example.com" onChange={(text) => { void navigate({ search: { host: text }, replace: true }); }} /></div>
          {i && <Endpoints items={i.subscriptions} host={host} now={now} />}
          <p className="t2">Press <b>Validate</b>, then <b>Save</b>: Zoom sends a challenge at once, and again every 72 hours. It writes to the account’s owner after two and four failures in a row, and stops sending after six.</p>
        </Step>
        <Step n={4} title="Tick the events" done={needed} state={needed ? plural(got.size, "kind has arrived", "kinds have arrived") : "none has arrived"}>
          <p>Under <b>Add Events</b>, tick these. Quality events stand under <b>Quality of Service Subscription</b>; each turns green here as soon as the first one arrives, so hold a short meeting.</p>
        </Step>
      </ol>
      <EventTicks got={got} known={i !== undefined} />
      {i && <Trouble items={obstacles(i)} />}
      <section className="panel" aria-label="Try it without Zoom">
        <div className="panel-head"><h2>Try it without Zoom</h2><span className="sub">the emulator signs as Zoom does</span></div>
        <div className="panel-body">
          <pre className="paste">ZOOM_WEBHOOK_SECRET_TOKEN=… earshot emulate --target http://127.0.0.1:3000/webhook --people 20</pre>
          <p className="t2">The same secret as the receiver’s, and its own address. It answers for Zoom: first the challenge, then meetings. What it sends is invented; use an Earshot that is not in use.</p>
        </div>
      </section>
      <p className="t3 f12 after">Delays, duplicates and forged requests are on <Link className="link" to="/ingest">Ingest health</Link>.</p>
    </>
  );
}

function Step({ n, title, done, state, children }: { n: number; title: string; done: boolean | undefined; state: string; children: ReactNode }) {
  return (
    <li className="panel step" data-done={done ?? "unknown"}>
      <div className="panel-head"><Tick on={done} /><h2>{n}. {title}</h2><span className="right">{state}</span></div>
      <div className="panel-body">{children}</div>
    </li>
  );
}

function verdictOf(i: Ingest, challenged: boolean, needed: boolean): Verdict {
  const [first] = obstacles(i);
  if (first) return { grade: i.received === 0 ? "unclassified" : "bad", pieces: [{ text: first.text, strong: true }, { text: ` ${first.todo}` }] };
  if (needed) return { grade: "good", pieces: [{ text: "Events are arriving.", strong: true }, { text: " Below is what has come of each kind, since this Earshot was set up." }] };
  if (challenged) return { grade: "fair", pieces: [{ text: "Zoom has validated the endpoint; no event has come yet.", strong: true }, { text: " Hold a short meeting: the first report comes within two minutes of joining." }] };
  return { grade: "unclassified", pieces: [{ text: "Waiting for Zoom’s challenge.", strong: true }, { text: " It comes when the event subscription is validated." }] };
}
