// How far back a page looks. It stands in the address.
import { SPANS, type SpanWord } from "../../api/places.ts";

export function SpanChoice({ value, onChange }: { value: SpanWord; onChange: (span: SpanWord) => void }) {
  return (
    <div className="choice" role="group" aria-label="Span">
      {(Object.keys(SPANS) as SpanWord[]).map((s) => <button key={s} type="button" aria-pressed={s === value} onClick={() => { onChange(s); }}>{SPANS[s].words}</button>)}
    </div>
  );
}
