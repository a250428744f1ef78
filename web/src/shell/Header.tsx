// Where one is, the search box, the zone of all times, dark or light.
import { Link } from "@tanstack/react-router";
import { useNow } from "../live/follow.ts";
import { zoneLabel } from "../model/time.ts";
import { Icon } from "../ui/Icon.tsx";
import { useShownCrumbs } from "./crumbs.ts";
import { SearchBox } from "./SearchBox.tsx";
import { setTheme, useTheme, type Theme } from "./theme.ts";
import { setZone, useZone } from "./zone.ts";

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
      <ZoneChip />
      <ThemeToggle />
    </header>
  );
}

function ZoneChip() {
  const zone = useZone();
  const now = useNow(3_600_000);
  const label = zoneLabel(zone, now);
  return (
    <button type="button" className="tool zone" onClick={() => { setZone(zone === "UTC" ? "local" : "UTC"); }} title={zone === "UTC" ? "Times are in UTC. Click for your own zone." : "Times are in your own zone. Click for UTC."} aria-label={`Time zone ${label}, switch`}>
      {label}
    </button>
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
