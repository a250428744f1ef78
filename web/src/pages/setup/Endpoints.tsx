// The address of each subscription, to be pasted, and whether Zoom has validated it.
import type { SubscriptionIngest } from "../../api/types.ts";
import { count } from "../../model/format.ts";
import { challengeState, endpointOf, nextChallenge } from "../../model/setup.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";
import { Tick } from "./Tick.tsx";

const FIRST: SubscriptionIngest = { name: "", secrets: 0, accepted: 0, refused: 0 };

export function Endpoints({ items, host, now }: { items: readonly SubscriptionIngest[]; host: string; now: number }) {
  return (
    <ul className="endpoints">
      {(items.length > 0 ? items : [FIRST]).map((s) => {
        const state = challengeState(s, now);
        return (
          <li key={s.name} data-subscription={s.name} data-challenge={state}>
            <Tick on={state === "passed"} />
            <code className="paste">{endpointOf(host, s.name)}</code>
            <span className="t2 f12">
              {state === "none" ? "not challenged since the receiver started" : <>challenged <Time at={millis(s.last_challenge)} />{state === "overdue" ? ", and not again in 72 hours: look at the subscription in Zoom" : <>, next about <Time at={nextChallenge(s)} /></>}</>}
              {s.refused > 0 && <b className="m g-poor">; {count(s.refused)} refused</b>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
