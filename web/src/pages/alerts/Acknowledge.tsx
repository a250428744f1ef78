// Taking an alert on: the receivers hear no more of it, and everybody sees who has it.
import { useState, type FormEvent, type RefObject } from "react";
import { acknowledge } from "../../api/alerts.ts";
import type { AlertDetail } from "../../api/types.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";
import { ADMINS_ONLY, useChange, useMayChange } from "./change.ts";

export function Acknowledge({ a, field }: { a: AlertDetail; field: RefObject<HTMLInputElement | null> }) {
  const may = useMayChange();
  const [comment, setComment] = useState("");
  const change = useChange((text: string) => acknowledge(a.id, text), () => { setComment(""); });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    change.mutate(comment.trim());
  };
  return (
    <section className="panel" aria-label="Acknowledgement">
      <div className="panel-body ack">
        <div className="ack-words" role="status">
          {a.ack
            ? <><b className="m">{a.ack.who} has taken it on</b><span className="t3"> at <Time at={millis(a.ack.at)} show="seconds" />; it is not repeated.</span>{a.ack.comment && <span className="t2"> “{a.ack.comment}”</span>}</>
            : <><b className="m">Nobody has taken it on.</b> <span className="t2">Until somebody does, the receivers are told again.</span></>}
        </div>
        {may && !a.ack && (
          <form onSubmit={submit}>
            <input ref={field} className="field" aria-label="Comment" placeholder="What you do about it (optional)" maxLength={1000} value={comment} onChange={(e) => { setComment(e.currentTarget.value); }} />
            <button type="submit" className="btn primary" disabled={change.isPending}>{change.isPending ? "Acknowledging …" : "Acknowledge"}</button><span className="hint"><kbd>a</kbd></span>
          </form>
        )}
        {!may && !a.ack && <p className="t3 f12">{ADMINS_ONLY}</p>}
        {change.error && <p className="field-error" role="alert">It was not acknowledged. {change.error.message}</p>}
      </div>
    </section>
  );
}
