// The frame of every page but the login: navigation, header, what is being read, and whether the page is up to date.
import { useIsFetching } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { hub, useLink } from "../live/follow.ts";
import { clockSeconds, span } from "../model/time.ts";
import { Icon } from "../ui/Icon.tsx";
import { Header } from "./Header.tsx";
import { useKeys } from "./keyboard.ts";
import { Nav, PAGES } from "./Nav.tsx";
import { Shortcuts } from "./Shortcuts.tsx";
import { useFollowing } from "./useFollowing.ts";
import { useZone } from "./zone.ts";

export function Shell() {
  const [menu, setMenu] = useState(false);
  const [keys, setKeys] = useState(false);
  const main = useRef<HTMLElement>(null);
  const navigate = useNavigate();
  useFollowing();

  useKeys({
    "?": () => { setKeys(true); },
    Escape: () => { if (!menu) return false; setMenu(false); return true; },
    ...Object.fromEntries(PAGES.map((p) => [`g ${p.key}`, () => { void navigate({ to: p.to }); }])),
  });

  const closeMenu = () => { setMenu(false); };
  const showKeys = () => { setMenu(false); setKeys(true); };
  return (
    <div className="app">
      <button type="button" className="btn skip" onClick={() => main.current?.focus()}>Skip to the page</button>
      <Nav open={menu} onGo={closeMenu} onKeys={showKeys} />
      <div>
        <Header />
        <ReadingBar />
        <LinkLine />
        <Main place={main}><Outlet /></Main>
      </div>
      <nav className="tabbar" aria-label="Main, small screens">
        {PAGES.filter((p) => p.first).map((p) => (
          <Link key={p.to} to={p.to} onClick={closeMenu} activeProps={{ "aria-current": "page" }}><Icon name={p.icon} />{p.label}</Link>
        ))}
        <button type="button" aria-expanded={menu} aria-controls="nav" onClick={() => { setMenu(!menu); }}><Icon name="more" />More</button>
      </nav>
      <Shortcuts opened={keys} onClose={() => { setKeys(false); }} />
    </div>
  );
}

/** Whether the page of the address is on its way, or something that it shows has not been read once yet. */
function useReading(): boolean {
  const turning = useRouterState({ select: (s) => s.status === "pending" });
  return useIsFetching({ predicate: (q) => q.state.data === undefined && q.queryKey[0] !== "search" }) > 0 || turning;
}

/** The page. It says of itself whether it is whole yet, for programs that look at it. */
function Main({ place, children }: { place: RefObject<HTMLElement | null>; children: ReactNode }) {
  return <main className="main" ref={place} tabIndex={-1} data-reading={useReading() || undefined}>{children}</main>;
}

/** A thin line under the header once reading takes longer than people notice. Nothing else moves. */
function ReadingBar() {
  const reading = useReading();
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!reading) return;
    const timer = window.setTimeout(() => { setLate(true); }, 300);
    return () => {
      window.clearTimeout(timer);
      setLate(false);
    };
  }, [reading]);
  return reading && late ? <div className="reading" role="progressbar" aria-label="Reading" /> : null;
}

/** Says that the page no longer follows, since when, and when it will try again. Figures stay. */
function LinkLine() {
  const link = useLink();
  const zone = useZone();
  const [now, setNow] = useState(() => Date.now());
  const lost = link.state === "lost";
  useEffect(() => {
    if (!lost) return;
    const timer = window.setInterval(() => { setNow(Date.now()); }, 1000);
    return () => { window.clearInterval(timer); };
  }, [lost]);
  if (link.state !== "lost") return null;
  return (
    <div className="notice-line">
      <span className="dot lost" />
      <span role="status">Not following since {clockSeconds(link.since, zone)}</span><span aria-hidden="true">trying again in {span(Math.max(1000, link.retryAt - now))}</span>
      <button type="button" className="link" onClick={() => { hub.retry(); }}>Try now</button>
    </div>
  );
}
