// What the pages about alerts read, as query options, and what they change.
import { queryOptions } from "@tanstack/react-query";
import { request, withQuery } from "./client.ts";
import type { AlertAnswer, AlertDetail, AlertMaintenance, AlertMatcher, AlertReceiver, AlertRow, AlertRule, AlertSilence, BackTest, ID, Maintenance, MaintenancePreview, NewAlertSilence, Page, Rule } from "./types.ts";

/** An alert is raised within seconds: the pages that show them ask this often. */
const ALERTS_MS = 5_000;
const DAY = 24 * 3_600_000;
/** How far back the list of those that are over goes. */
export const ALERTS_BACK_DAYS = 7;
/** How far back the server counts how often a rule fired. */
export const FIRED_BACK_DAYS = 30;
const AT_MOST = 500;

const get = <T>(path: string, signal: AbortSignal) => request<T>("GET", path, undefined, signal);
const items = async <T>(path: string, signal: AbortSignal) => (await get<{ items: T[] }>(path, signal)).items;
const since = (days: number) => new Date(Date.now() - days * DAY).toISOString();

/** Everything about alerts has this at the head of its key, so that a change renews all of it. */
export const ALERTS_KEY = "alerts";

export const firingQuery = queryOptions({
  queryKey: [ALERTS_KEY, "firing"], refetchInterval: ALERTS_MS, queryFn: ({ signal }) => items<AlertRow>("/api/v1/alerts", signal),
});

/** Those of the last days that are over, newest first. */
export const pastAlertsQuery = queryOptions({
  queryKey: [ALERTS_KEY, "past"], refetchInterval: ALERTS_MS,
  queryFn: async ({ signal }) => {
    const page = await get<Page<AlertRow>>(withQuery("/api/v1/alerts", { state: "past", from: since(ALERTS_BACK_DAYS), limit: AT_MOST }), signal);
    return { rows: page.items.filter((r) => r.state === "resolved"), more: page.next_cursor !== "" };
  },
});

/** What alerts are about: an incident, a meeting or a person. */
export interface AlertsAbout { incident?: ID; meeting?: ID; person?: ID }

/** Those about it, about an incident that touched it, or explained by such a one, whether they fire or are over; newest first. */
export const alertsAboutQuery = (about: AlertsAbout) => queryOptions({
  queryKey: [ALERTS_KEY, "about", about], refetchInterval: ALERTS_MS,
  queryFn: ({ signal }) => items<AlertRow>(withQuery("/api/v1/alerts", { state: "past", ...about, limit: AT_MOST }), signal),
});

export const alertQuery = (id: ID) => queryOptions({
  queryKey: [ALERTS_KEY, "one", id], refetchInterval: ALERTS_MS, queryFn: ({ signal }) => get<AlertDetail>(`/api/v1/alerts/${id}`, signal),
});

export const silencesQuery = queryOptions({
  queryKey: [ALERTS_KEY, "silences"], refetchInterval: 10_000, queryFn: ({ signal }) => items<AlertSilence>("/api/v1/alert-silences", signal),
});

/** What a silence would select of what fires now. Without a matcher nothing is asked. */
export const previewQuery = (matchers: readonly AlertMatcher[]) => queryOptions({
  queryKey: [ALERTS_KEY, "preview", matchers], enabled: matchers.length > 0, retry: false, refetchInterval: 10_000,
  queryFn: async ({ signal }) => (await request<{ items: AlertRow[] }>("POST", "/api/v1/alert-silences/preview", { matchers }, signal)).items,
});

export const maintenanceQuery = queryOptions({
  queryKey: [ALERTS_KEY, "maintenance"], refetchInterval: 30_000, queryFn: ({ signal }) => items<AlertMaintenance>("/api/v1/alert-maintenance", signal),
});

/** What a span of maintenance would do. Nothing is asked of one that is not whole. */
export const maintenancePreviewQuery = (m: Maintenance | undefined) => queryOptions({
  queryKey: [ALERTS_KEY, "maintenance preview", m], enabled: m !== undefined, retry: false,
  queryFn: ({ signal }) => request<MaintenancePreview>("POST", "/api/v1/alert-maintenance/preview", m, signal),
});

export const rulesQuery = queryOptions({
  queryKey: [ALERTS_KEY, "rules"], refetchInterval: 60_000, queryFn: ({ signal }) => items<AlertRule>("/api/v1/alert-rules", signal),
});

export const receiversQuery = queryOptions({
  queryKey: [ALERTS_KEY, "receivers"], refetchInterval: 10_000, queryFn: ({ signal }) => items<AlertReceiver>("/api/v1/alert-receivers", signal),
});

const named = (path: string, name: string) => `/api/v1/${path}/${encodeURIComponent(name)}`;

export const acknowledge = (id: ID, comment: string) => request<unknown>("POST", `/api/v1/alerts/${id}/ack`, { comment });
export const putSilence = (s: NewAlertSilence) => request<{ id: string }>("POST", "/api/v1/alert-silences", s);
export const endSilence = (id: string) => request<unknown>("DELETE", named("alert-silences", id));
export const putRule = (r: Rule) => request<unknown>("PUT", named("alert-rules", r.name), r);
export const deleteRule = (name: string) => request<unknown>("DELETE", named("alert-rules", name));
export const putMaintenance = (m: Maintenance) => request<unknown>("PUT", named("alert-maintenance", m.name), m);
export const deleteMaintenance = (name: string) => request<unknown>("DELETE", named("alert-maintenance", name));
export const tryRules = async (rules: readonly Rule[], days: number, signal: AbortSignal) => (await request<{ items: BackTest[] }>("POST", "/api/v1/alert-backtests", { rules, days }, signal)).items;
export const sendSample = async (receiver: string) => (await request<{ items: AlertAnswer[] }>("POST", `${named("alert-receivers", receiver)}/sample`)).items;
