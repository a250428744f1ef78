// What the pages about places and devices read and change.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { request, withQuery } from "./client.ts";
import type { Addresses, Behind, Devices, Gear, ID, SiteChanges, SiteDetail, SitePlan, SiteSubnets, SiteWeek, TypedSites } from "./types.ts";

const HOUR = 3_600_000;

/** The spans that these pages offer, by the word in the address. */
export const SPANS = { "24h": { words: "24 hours", hours: 24 }, "7d": { words: "7 days", hours: 168 }, "30d": { words: "30 days", hours: 720 } } as const;
export type SpanWord = keyof typeof SPANS;

export const spanWord = (text: string | undefined, otherwise: SpanWord): SpanWord => (text !== undefined && Object.hasOwn(SPANS, text) ? (text as SpanWord) : otherwise);

/** A span that ends now. Facts come by the hour, so it begins on one, and the question stays the same for that long. */
const since = (span: SpanWord): { from: string } => ({ from: new Date((Math.floor(Date.now() / HOUR) - SPANS[span].hours) * HOUR).toISOString() });

const get = <T>(path: string, signal: AbortSignal) => request<T>("GET", path, undefined, signal);

/** Of an account's people, or ("") of all. */
export const siteQuery = (id: ID, span: SpanWord, account = "") => queryOptions({
  queryKey: ["site", id, span, account], refetchInterval: 30_000, placeholderData: keepPreviousData,
  queryFn: ({ signal }) => get<SiteDetail>(withQuery(`/api/v1/sites/${id}`, { ...since(span), account }), signal),
});

export const siteWeekQuery = (id: ID, account = "") => queryOptions({
  queryKey: ["site", id, "week", account], staleTime: 5 * 60_000, queryFn: ({ signal }) => get<SiteWeek>(withQuery(`/api/v1/sites/${id}/week`, { account }), signal),
});

export const siteSubnetsQuery = (id: ID, span: SpanWord, account = "") => queryOptions({
  queryKey: ["site", id, "subnets", span, account], staleTime: 60_000, placeholderData: keepPreviousData,
  queryFn: ({ signal }) => get<SiteSubnets>(withQuery(`/api/v1/sites/${id}/subnets`, { ...since(span), account }), signal),
});

export const addressesQuery = (span: SpanWord, account = "") => queryOptions({
  queryKey: ["addresses", span, account], staleTime: 60_000, placeholderData: keepPreviousData,
  queryFn: ({ signal }) => get<Addresses>(withQuery("/api/v1/addresses", { ...since(span), account }), signal),
});

export const typedQuery = queryOptions({ queryKey: ["typed"], queryFn: ({ signal }) => get<TypedSites>("/api/v1/sites/typed", signal) });

export const devicesQuery = (span: SpanWord, site: string, account = "") => queryOptions({
  queryKey: ["devices", span, site, account], staleTime: 60_000, placeholderData: keepPreviousData,
  queryFn: ({ signal }) => get<Devices>(withQuery("/api/v1/devices", { ...since(span), site, account }), signal),
});

export const gearQuery = (span: SpanWord, site: string, wanted: boolean, account = "") => queryOptions({
  queryKey: ["gear", span, site, account], enabled: wanted, staleTime: 60_000, placeholderData: keepPreviousData,
  queryFn: ({ signal }) => get<Gear>(withQuery("/api/v1/devices/gear", { ...since(span), site, account }), signal),
});

export const behindQuery = (by: string, name: string, span: SpanWord, site: string, account = "") => queryOptions({
  queryKey: ["behind", by, name, span, site, account], staleTime: 60_000,
  queryFn: ({ signal }) => get<Behind>(withQuery("/api/v1/devices/behind", { by, name, ...since(span), site, account }), signal),
});

export const changeSites = (change: SiteChanges) => request<SitePlan>("POST", "/api/v1/sites/changes", change);

export const importSites = (body: { csv: string; keep: boolean; apply: boolean; revision?: string }) => request<SitePlan>("POST", "/api/v1/sites/import", body);
