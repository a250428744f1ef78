// Silences in words: what a matcher selects, and for how long.
import type { AlertMatcher, AlertRow, AlertSilence } from "../api/types.ts";
import { millis, span } from "./time.ts";

/** How a matcher compares, as it is written. */
export const OPERATORS = ["=", "!=", "=~", "!~"] as const;
export type Operator = (typeof OPERATORS)[number];

export const operatorWord = (o: Operator): string => ({ "=": "is", "!=": "is not", "=~": "matches", "!~": "does not match" })[o];
export const operatorOf = (m: AlertMatcher): Operator => (m.regex ? (m.not ? "!~" : "=~") : m.not ? "!=" : "=");

export const matcherOf = (name: string, operator: Operator, value: string): AlertMatcher => ({
  name, value, ...(operator.endsWith("~") ? { regex: true } : {}), ...(operator.startsWith("!") ? { not: true } : {}),
});

/** The labels that a person would silence by, most telling first. */
export const LABELS: readonly string[] = ["alertname", "site", "cause", "subject", "severity", "scope", "kind", "incident", "alert"];

const BY_ALERT = ["alertname", "site", "cause", "subject"];

/** What silences alerts like this one: its rule and place, not its id, so that it stays quiet when it is raised again. */
export const matchersFor = (row: AlertRow): AlertMatcher[] => BY_ALERT.flatMap((name) => { const value = row.labels[name]; return value === undefined ? [] : [matcherOf(name, "=", value)]; });

/** Matchers in an address: alertname=Incident,site=Lyon. What would not survive is percent-encoded. */
export const matchersText = (all: readonly AlertMatcher[]): string => all.map((m) => `${m.name}${operatorOf(m)}${m.value.replaceAll(/[%,]/g, encodeURIComponent)}`).join(",");

/** The other way. What is no matcher is left out. */
export function matchersFrom(text: string): AlertMatcher[] {
  return text.split(",").flatMap((part) => {
    const found = /^([^=!~]+)(=~|!~|!=|=)(.*)$/s.exec(part);
    if (!found) return [];
    const [, name = "", operator = "=", value = ""] = found;
    return [matcherOf(name.trim(), operator as Operator, decoded(value))];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** How long silences usually last, in minutes. */
export const DURATIONS: readonly [minutes: number, label: string][] = [[60, "1 h"], [240, "4 h"], [1440, "1 day"], [10080, "1 week"]];

/** When a silence begins or ends, in words. */
export const silenceWhen = (s: AlertSilence, now: number): string =>
  s.state === "expired" ? `ended ${span(now - millis(s.ends))} ago` : s.state === "pending" ? `begins in ${span(millis(s.starts) - now)}` : `ends in ${span(millis(s.ends) - now)}`;
