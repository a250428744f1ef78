// A field of a form with its label above, and below it what is wrong or else a hint.
import { useId, type ReactNode } from "react";
import "./labelled.css";

interface Attributes { id: string; "aria-invalid"?: true; "aria-describedby"?: string }

/** A label over its field, and below it what is wrong, or else a hint. */
export function Labelled({ label, error, hint, unit, wide = false, children }: { label: string; error?: string | undefined; hint?: string | undefined; unit?: string | undefined; wide?: boolean; children: (p: Attributes) => ReactNode }) {
  const id = useId();
  const below = error ?? hint;
  return (
    <div className={wide ? "stacked wide" : "stacked"}>
      <label htmlFor={id}>{label}</label>
      <span className="with-unit">{children({ id, ...(error ? { "aria-invalid": true } : {}), ...(below ? { "aria-describedby": `${id}-below` } : {}) })}{unit && <span className="t3">{unit}</span>}</span>
      {below && <span id={`${id}-below`} className={error ? "field-error" : "t3 f11"}>{below}</span>}
    </div>
  );
}
