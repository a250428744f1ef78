// Each webhook path: whether events come, and whether their signatures fit.
import { Link } from "@tanstack/react-router";
import type { SubscriptionIngest } from "../../api/types.ts";
import { useNow } from "../../live/follow.ts";
import { count } from "../../model/format.ts";
import { challengeState, nextChallenge } from "../../model/setup.ts";
import { millis } from "../../model/time.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Time } from "../../ui/Time.tsx";
import { ScrollX } from "../../ui/ScrollX.tsx";
import "../../ui/cards.css";

/** Earshot counts since its receiver started, so that none may mean not yet. */
const CHALLENGES = { passed: "about ", overdue: <span className="g-poor">overdue: none in 72 h</span>, none: <span className="t3">none since the start</span> };

/** A subscription that said nothing for this long needs a look. */
const QUIET_MS = 24 * 3_600_000;

export function Subscriptions({ items }: { items: readonly SubscriptionIngest[] }) {
  const now = useNow();
  return (
    <section className="panel" aria-label="Subscriptions">
      <div className="panel-head"><h2>Subscriptions</h2></div>
      {items.length === 0 && <div className="panel-body t2">None is configured: <Link className="link" to="/setup">Setup</Link> says how.</div>}
      {items.length > 0 && (
        <ScrollX label="Subscriptions, table">
          <table className="cards">
            <thead><tr><th>Path</th><th>State</th><th>Last event</th><th>Next challenge</th><th className="r">Stored</th><th className="r">Refused</th><th className="r">Secrets</th></tr></thead>
            <tbody>
              {items.map((s) => {
                const last = millis(s.last_event);
                const state = Number.isNaN(last) ? "waiting" : s.refused > 0 || now - last > QUIET_MS ? "look" : "ok";
                return (
                  <tr key={s.name}>
                    <td className="m nw">{s.name ? `/webhook/${s.name}` : "/webhook"}</td>
                    <td className="nw" data-word="State">{state === "ok" ? <span className="gr g-good"><GradeShape grade="good" />receiving</span> : state === "look" ? <span className="gr g-fair"><GradeShape grade="fair" />needs a look</span> : <span className="gr g-unclassified"><GradeShape grade="unclassified" />nothing yet</span>}</td>
                    <td className="nw" data-word="Last event"><Time at={last} /></td>
                    <td className="nw t2 two" data-word="Next challenge">{CHALLENGES[challengeState(s, now)]}{challengeState(s, now) === "passed" && <Time at={nextChallenge(s)} />}</td>
                    <td className="r" data-word="Stored">{count(s.accepted)}</td>
                    <td className={s.refused > 0 ? "r g-poor b" : "r"} data-word="Refused">{count(s.refused)}</td>
                    <td className="r" data-word="Secrets">{count(s.secrets)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}
