// The pages' addresses. Everything that a page shows is in its address: filter, order, selection, tab, time.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { whenUnauthorized } from "./api/client.ts";
import { meetingQuery, minutesQuery } from "./api/queries.ts";
import { hub, queryClient } from "./live/follow.ts";
import { Broken } from "./pages/Broken.tsx";
import { Missing } from "./pages/Missing.tsx";
import { Shell } from "./shell/Shell.tsx";

/** Search parameters of an address: the named ones, as text, "" left out. */
const texts = <K extends string>(...names: K[]) => (search: Record<string, unknown>): Partial<Record<K, string>> => {
  const found: Partial<Record<K, string>> = {};
  for (const name of names) if (typeof search[name] === "string" && search[name] !== "") found[name] = search[name];
  return found;
};

const root = createRootRoute();
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
/** Whatever is no page stands in the frame, from which others are reached. */
const missingRoute = createRoute({ getParentRoute: () => shell, path: "$", component: Missing });

/** ?wall=1 is the wall's address for those who know only the overview's. */
const toWall = ({ search }: { search: { wall?: string } }) => { if (search.wall === "1") throw redirect({ to: "/wall", replace: true }); };
const home = createRoute({
  getParentRoute: () => root, path: "/", validateSearch: texts("wall"),
  beforeLoad: (at) => { toWall(at); throw redirect({ to: "/overview", replace: true }); },
});
const overviewRoute = createRoute({ getParentRoute: () => shell, path: "/overview", component: lazyRouteComponent(() => import("./pages/overview/OverviewPage.tsx"), "OverviewPage"), validateSearch: texts("table", "wall"), beforeLoad: toWall });
const wallRoute = createRoute({
  getParentRoute: () => root, path: "/wall", validateSearch: texts("theme"),
  component: lazyRouteComponent(() => import("./pages/overview/WallPage.tsx"), "WallPage"),
});
const loginRoute = createRoute({ getParentRoute: () => root, path: "/login", component: lazyRouteComponent(() => import("./pages/login/LoginPage.tsx"), "LoginPage"), validateSearch: texts("next") });
const liveRoute = createRoute({
  getParentRoute: () => shell, path: "/live", validateSearch: texts("q", "grade", "kind", "account"),
  component: lazyRouteComponent(() => import("./pages/live/LivePage.tsx"), "LivePage"),
});
const meetingsRoute = createRoute({
  getParentRoute: () => shell, path: "/meetings", validateSearch: texts("state", "q", "from", "to", "sort", "order", "kind", "grade", "cause", "host", "site", "series", "person", "account"),
  component: lazyRouteComponent(() => import("./pages/meetings/MeetingsPage.tsx"), "MeetingsPage"),
});
const meetingRoute = createRoute({
  getParentRoute: () => shell, path: "/meetings/$id", validateSearch: texts("person", "at", "cause", "sort", "media"),
  // What the page shows is read while its script is still on the way.
  loader: ({ params, preload }) => {
    if (preload) return;
    // What is wrong the page says itself.
    for (const query of [queryClient.ensureQueryData(meetingQuery(params.id)), queryClient.ensureQueryData(minutesQuery(params.id))]) query.catch(() => undefined);
  },
  component: lazyRouteComponent(() => import("./pages/meeting/MeetingPage.tsx"), "MeetingPage"),
});
const participantRoute = createRoute({
  getParentRoute: () => shell, path: "/segments/$id", validateSearch: texts("tab", "at", "table", "peers"),
  component: lazyRouteComponent(() => import("./pages/participant/ParticipantPage.tsx"), "ParticipantPage"),
});
const incidentsRoute = createRoute({
  getParentRoute: () => shell, path: "/incidents", validateSearch: texts("state", "cause", "account"),
  component: lazyRouteComponent(() => import("./pages/incidents/IncidentsPage.tsx"), "IncidentsPage"),
});
const incidentRoute = createRoute({
  getParentRoute: () => shell, path: "/incidents/$id",
  component: lazyRouteComponent(() => import("./pages/incidents/IncidentPage.tsx"), "IncidentPage"),
});
const alertsRoute = createRoute({
  getParentRoute: () => shell, path: "/alerts", validateSearch: texts("state", "severity", "how", "rule"),
  component: lazyRouteComponent(() => import("./pages/alerts/AlertsPage.tsx"), "AlertsPage"),
});
const alertRoute = createRoute({
  getParentRoute: () => shell, path: "/alerts/$id",
  component: lazyRouteComponent(() => import("./pages/alerts/AlertPage.tsx"), "AlertPage"),
});
const silencesRoute = createRoute({
  getParentRoute: () => shell, path: "/alerts/silences", validateSearch: texts("matchers"),
  component: lazyRouteComponent(() => import("./pages/alerts/SilencesPage.tsx"), "SilencesPage"),
});
const maintenanceRoute = createRoute({
  getParentRoute: () => shell, path: "/alerts/maintenance", validateSearch: texts("edit", "fresh"),
  component: lazyRouteComponent(() => import("./pages/alerts/MaintenancePage.tsx"), "MaintenancePage"),
});
const rulesRoute = createRoute({
  getParentRoute: () => shell, path: "/alerts/rules", validateSearch: texts("origin"),
  component: lazyRouteComponent(() => import("./pages/alerts/RulesPage.tsx"), "RulesPage"),
});
const newRuleRoute = createRoute({
  getParentRoute: () => shell, path: "/alerts/new-rule",
  component: lazyRouteComponent(() => import("./pages/alerts/RulePage.tsx"), "NewRulePage"),
});
const ruleRoute = createRoute({
  getParentRoute: () => shell, path: "/alerts/rules/$name",
  component: lazyRouteComponent(() => import("./pages/alerts/RulePage.tsx"), "RulePage"),
});
const peopleRoute = createRoute({
  getParentRoute: () => shell, path: "/people", validateSearch: texts("q", "account"),
  component: lazyRouteComponent(() => import("./pages/people/PeoplePage.tsx"), "PeoplePage"),
});
const personRoute = createRoute({
  getParentRoute: () => shell, path: "/people/$id",
  component: lazyRouteComponent(() => import("./pages/people/PersonPage.tsx"), "PersonPage"),
});
const phoneRoute = createRoute({
  getParentRoute: () => shell, path: "/phone", validateSearch: texts("q", "from", "to", "account"),
  component: lazyRouteComponent(() => import("./pages/phone/PhonePage.tsx"), "PhonePage"),
});
const callRoute = createRoute({
  getParentRoute: () => shell, path: "/phone/$id", validateSearch: texts("at", "table"),
  component: lazyRouteComponent(() => import("./pages/phone/CallPage.tsx"), "CallPage"),
});
const sitesRoute = createRoute({
  getParentRoute: () => shell, path: "/sites", validateSearch: texts("q", "sort", "account", "show"),
  component: lazyRouteComponent(() => import("./pages/sites/SitesPage.tsx"), "SitesPage"),
});
const addressesRoute = createRoute({
  getParentRoute: () => shell, path: "/sites/addresses", validateSearch: texts("span", "show", "account"),
  component: lazyRouteComponent(() => import("./pages/sites/AddressesPage.tsx"), "AddressesPage"),
});
const importRoute = createRoute({
  getParentRoute: () => shell, path: "/sites/import",
  component: lazyRouteComponent(() => import("./pages/sites/ImportPage.tsx"), "ImportPage"),
});
const newSiteRoute = createRoute({
  getParentRoute: () => shell, path: "/sites/new",
  component: lazyRouteComponent(() => import("./pages/sites/SiteFormPage.tsx"), "NewSitePage"),
});
const editSiteRoute = createRoute({
  getParentRoute: () => shell, path: "/sites/$id/edit",
  component: lazyRouteComponent(() => import("./pages/sites/SiteFormPage.tsx"), "EditSitePage"),
});
const siteRoute = createRoute({
  getParentRoute: () => shell, path: "/sites/$id", validateSearch: texts("span", "account"),
  component: lazyRouteComponent(() => import("./pages/sites/SitePage.tsx"), "SitePage"),
});
const devicesRoute = createRoute({
  getParentRoute: () => shell, path: "/devices", validateSearch: texts("by", "span", "site", "show", "account"),
  component: lazyRouteComponent(() => import("./pages/devices/DevicesPage.tsx"), "DevicesPage"),
});
const seriesRoute = createRoute({
  getParentRoute: () => shell, path: "/series/$id",
  component: lazyRouteComponent(() => import("./pages/series/SeriesPage.tsx"), "SeriesPage"),
});
const setupRoute = createRoute({
  getParentRoute: () => shell, path: "/setup", validateSearch: texts("host"),
  component: lazyRouteComponent(() => import("./pages/setup/SetupPage.tsx"), "SetupPage"),
});
const findRoute = createRoute({
  getParentRoute: () => shell, path: "/find", validateSearch: texts("q", "at", "span", "account"),
  component: lazyRouteComponent(() => import("./pages/find/FindPage.tsx"), "FindPage"),
});
const ingestRoute = createRoute({
  getParentRoute: () => shell, path: "/ingest",
  component: lazyRouteComponent(() => import("./pages/ingest/IngestPage.tsx"), "IngestPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, loginRoute, wallRoute, shell.addChildren([overviewRoute, liveRoute, meetingsRoute, meetingRoute, participantRoute, incidentsRoute, incidentRoute, alertsRoute, alertRoute, silencesRoute, maintenanceRoute, rulesRoute, newRuleRoute, ruleRoute, peopleRoute, personRoute, phoneRoute, callRoute, sitesRoute, addressesRoute, importRoute, newSiteRoute, editSiteRoute, siteRoute, devicesRoute, seriesRoute, setupRoute, findRoute, ingestRoute, missingRoute])]),
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  scrollRestoration: true,
  // Plain text, so that an address can be read and typed: no JSON in it.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) if (typeof value === "string" && value !== "") query.set(name, value);
    const text = query.toString();
    return text ? `?${text}` : "";
  },
});

// Any request that finds nobody logged in leads to the login, and from there back.
whenUnauthorized(() => {
  hub.stop();
  const { pathname, searchStr } = router.state.location;
  if (pathname !== "/login") void router.navigate({ to: "/login", search: { next: pathname + searchStr } });
});

declare module "@tanstack/react-router" {
  interface Register { router: typeof router }
}
