// A tick: shape, word and colour. What Earshot cannot see is a dash.
export function Tick({ on }: { on: boolean | undefined }) {
  return (
    <span className={on ? "tick on" : "tick"}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {on ? <><circle cx="8" cy="8" r="7" fill="var(--good)" /><path d="m4.9 8.3 2.2 2.2 4.1-4.7" fill="none" stroke="var(--on-good)" strokeWidth="1.8" /></> : <circle cx="8" cy="8" r="6.3" fill="none" stroke="var(--unknown-line)" strokeWidth="1.3" {...(on === undefined ? { strokeDasharray: "2 1.6" } : {})} />}
      </svg>
      <span className="sr">{on ? "done" : on === undefined ? "not known" : "to do"}</span>
    </span>
  );
}
