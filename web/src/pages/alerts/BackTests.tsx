// What a rule would have done in the last days: the saved version, the edited one, or both side by side on one scale.
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { tryRules } from "../../api/alerts.ts";
import type { BackTest, Rule } from "../../api/types.ts";
import { dayBars, differenceWords, stripWords, tallest, type DayBar } from "../../model/backtest.ts";
import { capital, count, delay, plural } from "../../model/format.ts";
import { day, millis, span } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";

const SPANS: readonly number[] = [7, 30, 90];

interface Result { tests: { title: string; test: BackTest }[]; days: number }

interface Props { saved: Rule | undefined; /** The rule of the form, undefined where a field is wrong; absent while nothing is edited. */ edited: (() => Rule | undefined) | undefined; replayable: boolean; onError: (error: Error | null) => void }

export function BackTests({ saved, edited, replayable, onError }: Props) {
  const [days, setDays] = useState(30);
  const [result, setResult] = useState<Result>();
  const [failed, setFailed] = useState("");
  const [began, setBegan] = useState(0);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => { running.current?.abort(); }, []);
  const run = async () => {
    const rule = edited?.();
    if (edited && !rule) return;
    const rules = [saved, rule].flatMap((r) => r ?? []);
    const stop = new AbortController();
    running.current = stop;
    setBegan(Date.now());
    setFailed("");
    onError(null);
    try {
      const tests = await tryRules(rules, days, stop.signal);
      setResult({ days, tests: tests.map((test, k) => ({ test, title: tests.length === 2 ? (k === 0 ? "As saved" : "As edited") : saved ? "As saved" : "This rule" })) });
    } catch (error) {
      if (stop.signal.aborted) return;
      setFailed((error as Error).message);
      onError(error as Error);
    } finally {
      if (running.current === stop) setBegan(0);
    }
  };
  const stop = () => {
    running.current?.abort();
    setBegan(0);
  };
  return (
    <section className="panel backtest" aria-label="Back-test">
      <div className="panel-head">
        <h2>What it would have done</h2><span className="sub">{edited && saved ? "saved and edited, side by side" : "the rule on what was measured, as if it had been on"}</span>
        <span className="right">
          <span className="choice" role="group" aria-label="How far back">{SPANS.map((n) => <button key={n} type="button" aria-pressed={days === n} disabled={began > 0} onClick={() => { setDays(n); }}>{n} days</button>)}</span>
          {began > 0 ? <button type="button" className="btn" onClick={stop}>Stop</button> : <button type="button" className="btn" disabled={!replayable} onClick={() => { void run(); }}>{edited && saved ? "Compare" : "Try it"}</button>}
        </span>
      </div>
      {began > 0 && <Progress began={began} days={days} />}
      {failed !== "" && <p className="panel-body field-error" role="alert">It could not be tried. {failed}</p>}
      {!replayable && <div className="panel-body t2">Rules of this kind cannot be tried on the past: what they look at is not kept.</div>}
      {replayable && !result && began === 0 && failed === "" && <div className="panel-body t2">Says how often it would have fired, where, and on which days, without telling anybody.</div>}
      {result && <Results result={result} />}
    </section>
  );
}

/** It may take half a minute, and nobody knows how far it is: the time that has passed is the truth. */
function Progress({ began, days }: { began: number; days: number }) {
  const [now, setNow] = useState(began);
  useEffect(() => {
    const timer = window.setInterval(() => { setNow(Date.now()); }, 500);
    return () => { window.clearInterval(timer); };
  }, []);
  return <div className="panel-body trying"><progress aria-label="Trying the rule" /><span className="t2" aria-hidden="true">Going through {days} days … {span(now - began)}</span></div>;
}

function Results({ result }: { result: Result }) {
  const strips = result.tests.map((t) => dayBars(t.test));
  const top = tallest(strips);
  const [first, second] = result.tests;
  return (
    <div role="status">
      {first && second && <p className="panel-body difference"><b className="m">{differenceWords(first.test, second.test)}</b></p>}
      <div className={result.tests.length === 2 ? "versions two" : "versions"}>
        {result.tests.map(({ title, test }, k) => (
          <section key={title} aria-label={title} className="version">
            {result.tests.length === 2 && <h3>{title}</h3>}
            <p className="would">{capital(test.sentence)}.</p>
            <DayStrip bars={strips[k] ?? []} top={top} />
            <Sites test={test} />
            <Firings test={test} />
            <p className="t3 f11">{span(millis(test.to) - millis(test.from))} read in {delay(test.took_ms)}</p>
          </section>
        ))}
      </div>
      {first && first.test.caveats.length > 0 && <ul className="panel-body caveats t3 f12" aria-label="Where the past knows less">{first.test.caveats.map((c) => <li key={c}>{c}</li>)}</ul>}
    </div>
  );
}

const HEIGHT = 40;

function DayStrip({ bars, top }: { bars: readonly DayBar[]; top: number }) {
  const [first, last] = [bars[0], bars.at(-1)];
  return (
    <div className="days">
      <svg viewBox={`0 0 ${Math.max(1, bars.length) * 10} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={stripWords(bars)}>
        {bars.map((b, k) => (b.fired === 0
          ? <rect key={b.at} className="none" x={k * 10 + 1} y={HEIGHT - 2} width="8" height="2" />
          : <rect key={b.at} x={k * 10 + 1} y={HEIGHT - Math.max(5, (b.fired / top) * HEIGHT)} width="8" height={Math.max(5, (b.fired / top) * HEIGHT)}><title>{`${day(b.at, "UTC")}: ${plural(b.fired, "alert", "alerts")}`}</title></rect>))}
      </svg>
      <div className="ends t3 f11"><span>{first && day(first.at, "UTC")}</span><span>tallest {count(top)} a day, by UTC</span><span>{last && day(last.at, "UTC")}</span></div>
    </div>
  );
}

function Sites({ test }: { test: BackTest }) {
  if (test.by_site.length === 0) return null;
  const most = Math.max(...test.by_site.map((s) => s.fired));
  return (
    <ul className="by-site" aria-label="By site">
      {test.by_site.slice(0, 6).map((s) => <li key={s.site}><span className="clip">{s.site || "at no site"}</span><span className="track" aria-hidden="true"><i style={{ width: `${(s.fired / most) * 100}%` }} /></span><b className="m r">{count(s.fired)}</b></li>)}
      {test.by_site.length > 6 && <li className="t3">and {plural(test.by_site.length - 6, "other site", "other sites")}</li>}
    </ul>
  );
}

const SOME = 6;

function Firings({ test }: { test: BackTest }) {
  const [all, setAll] = useState(false);
  if (test.firings.length === 0) return null;
  return (
    <>
      <ul className="rows firings" aria-label="When">
        {test.firings.slice(0, all ? undefined : SOME).map((f, k) => (
          <li key={`${k} ${f.from}`}>{f.incident ? <Link className="link clip" to="/incidents/$id" params={{ id: f.incident }}>{capital(f.title)}</Link> : <span className="clip">{capital(f.title)}</span>}<span className="t3 f12 nw"><Time at={millis(f.from)} />{f.to && `, ${span(millis(f.to) - millis(f.from))}`}{f.affected ? `, ${plural(f.affected, "person", "people")}` : ""}</span></li>
        ))}
      </ul>
      {test.firings.length > SOME && <button type="button" className="link f12" onClick={() => { setAll(!all); }}>{all ? "Fewer" : `All ${count(test.firings.length)}${test.firings.length < test.fired ? " of the newest" : ""}`}</button>}
    </>
  );
}
