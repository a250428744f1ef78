// Who is told: the receivers, whether they take what they are sent, and a sample to find out. Without any, how to get one.
import { useMutation, useQuery } from "@tanstack/react-query";
import { receiversQuery, sendSample } from "../../api/alerts.ts";
import type { AlertReceiver } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { receiversVerdict } from "../../model/alert.ts";
import { delay } from "../../model/format.ts";
import { millis, span } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { ADMINS_ONLY, useMayChange } from "./change.ts";

const EXAMPLE = `route:
  receiver: noc
receivers:
  - name: noc
    slack_configs:
      - api_url_file: /etc/slack-url
        channel: '#voice'`;

export function Receivers() {
  const query = useQuery(receiversQuery);
  return (
    <section className="panel receivers" aria-label="Who is told">
      <div className="panel-head"><h2>Who is told</h2>{query.data && query.data.length > 0 && <span className="sub">{receiversVerdict(query.data)}</span>}</div>
      <Wrong query={query} what="receivers" />
      {query.data?.length === 0 && (
        <div className="panel-body guide">
          <p><b className="m">Nobody yet: alerts are on this page only.</b> To tell people, name a file of receivers in Earshot’s configuration, in Alertmanager’s own syntax:</p>
          <pre>{"# earshot.yaml\nalerts:\n  receivers: alertmanager.yml"}</pre>
          <pre>{`# alertmanager.yml\n${EXAMPLE}`}</pre>
          <p>Restart the monitor, then send a sample and see what it answers:</p>
          <pre>earshot alert test noc</pre>
        </div>
      )}
      <ul className="receiver-list">{query.data?.map((r) => <Receiver key={r.name} r={r} />)}</ul>
    </section>
  );
}

function Receiver({ r }: { r: AlertReceiver }) {
  const now = useNow();
  const may = useMayChange();
  const sample = useMutation({ mutationFn: () => sendSample(r.name) });
  return (
    <li>
      <div className="line"><b className="m clip">{r.name}</b><button type="button" className="btn quiet" disabled={!may || sample.isPending} title={may ? undefined : ADMINS_ONLY} aria-label={`Send a sample to ${r.name}`} onClick={() => { sample.mutate(); }}>{sample.isPending ? "Sending …" : "Send a sample"}</button></div>
      {r.integrations.length === 0 && <p className="t3 f12">Nothing was sent since the start.</p>}
      {r.integrations.map((i) => (
        <p className="f12 t2" key={i.name}>
          <span className="mono">{i.name}</span>{" "}
          {i.failing_since ? <><b className="m">has not taken alerts for {span(now - millis(i.failing_since))}</b>, tried {i.failures ?? 1} times. <span className="t3">{i.error}</span></> : <>took the last one at <Time at={millis(i.last_ok)} /></>}
        </p>
      ))}
      <div className="f12" role="status">
        {sample.error && <p><b className="m">The sample was not sent.</b> {sample.error.message}</p>}
        {sample.data?.map((a) => <p key={a.integration}><span className="mono">{a.integration}</span> {a.ok ? `took the sample in ${delay(a.took_ms)}.` : <><b className="m">did not take the sample:</b> {a.error}</>}</p>)}
      </div>
    </li>
  );
}
