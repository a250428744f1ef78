// From when to when, in the chosen zone; empty is open.
import { fieldToInstant, instantToField } from "../model/time.ts";
import { useZone } from "../shell/zone.ts";

interface Props { from: string; to: string; onChange: (part: { from?: string; to?: string }) => void }

export function TimeRange({ from, to, onChange }: Props) {
  const zone = useZone();
  return (
    <>
      <label className="labelled">from <input className="field" type="datetime-local" value={instantToField(from, zone)} onChange={(e) => { onChange({ from: fieldToInstant(e.currentTarget.value, zone) }); }} /></label>
      <label className="labelled">to <input className="field" type="datetime-local" value={instantToField(to, zone)} onChange={(e) => { onChange({ to: fieldToInstant(e.currentTarget.value, zone) }); }} /></label>
    </>
  );
}
