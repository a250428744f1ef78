// Where one is, the search box, the zone of all times, dark or light.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useNow } from "../live/follow.ts";
import { zoneLabel } from "../model/time.ts";
import { Icon } from "../ui/Icon.tsx";
import { useShownCrumbs } from "./crumbs.ts";
import { AccountSwitch } from "./AccountSwitch.tsx";
import { SearchBox } from "./SearchBox.tsx";
import { setTheme, useTheme, type Theme } from "./theme.ts";
import { setTelling, setZone, useTelling, useZone } from "./zone.ts";

export function Header() {
  const crumbs = useShownCrumbs();
  return (
    <header className="top">
      <nav aria-label="Breadcrumb" className="crumbs">
        <ol className="crumbs">
          {crumbs.map((c, i) => (
            <li key={`${i} ${c.label}`} aria-current={i === crumbs.length - 1 ? "page" : undefined}>
              {c.to ? <Link to={c.to} className="clip">{c.label}</Link> : <span className="clip" title={c.label}>{c.label}</span>}
            </li>
          ))}
        </ol>
      </nav>
      <SearchBox />
      <AccountSwitch />
      <ZoneChip />
      <ThemeToggle />
    </header>
  );
}

/** All zones but the two that stand first; read when somebody opens the list. */
const others = (): string[] => Intl.supportedValuesOf("timeZone").filter((z) => z !== "UTC");

function ZoneChip() {
  const zone = useZone();
  const telling = useTelling();
  const now = useNow(3_600_000);
  const [open, setOpen] = useState(false);
  const own = zone !== "local" && zone !== "UTC" ? [zone] : [];
  const all = open ? others() : own;
  const show = () => { setOpen(true); };
  return (
    <>
      <button type="button" className="tool telling" aria-pressed={telling === "ago"} onClick={() => { setTelling(telling === "ago" ? "clock" : "ago"); }} title={telling === "ago" ? "Lists say how long ago. Click for the time." : "Lists say the time. Click for how long ago."} aria-label="Lists say how long ago"><Icon name="clock" /></button>
      <select className="tool zone" aria-label="Time zone" title="The zone of all times: your own, UTC, or that of whoever reported" value={zone} onPointerDown={show} onFocus={show} onBlur={() => { setOpen(false); }} onChange={(e) => { setZone(e.currentTarget.value); }}>
        <option value="local">{zone === "local" && !open ? zoneLabel("local", now) : `Yours, ${zoneLabel("local", now)}`}</option>
        <option value="UTC">UTC</option>
        {all.map((z) => <option key={z} value={z}>{z === zone && !open ? zoneLabel(z, now) : z.replaceAll("_", " ")}</option>)}
      </select>
    </>
  );
}

const NEXT: Record<Theme, Theme> = { system: "dark", dark: "light", light: "system" };

function ThemeToggle() {
  const theme = useTheme();
  const words = { system: "Colours follow the system", dark: "Dark colours", light: "Light colours" }[theme];
  return (
    <button type="button" className="tool" onClick={() => { setTheme(NEXT[theme]); }} title={`${words}. Click for ${NEXT[theme]}.`} aria-label={`${words}, switch to ${NEXT[theme]}`}>
      <Icon name={theme === "system" ? "screen" : theme === "dark" ? "moon" : "sun"} />
    </button>
  );
}
