// The few figures that decide, each with what it is compared with.
import type { ReactNode } from "react";

export interface Figure { label: string; value: ReactNode; unit?: string; note?: ReactNode; title?: string }

export function Figures({ items }: { items: readonly Figure[] }) {
  return (
    <dl className={items.length > 6 ? "figures many" : "figures"}>
      {items.map((f) => (
        <div className="figure" key={f.label} title={f.title}>
          <dt>{f.label}</dt>
          <dd className="v">{f.value}{f.unit && <small> {f.unit}</small>}</dd>
          <dd className="n">{f.note}</dd>
        </div>
      ))}
    </dl>
  );
}
