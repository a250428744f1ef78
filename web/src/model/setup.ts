// What a Zoom app has to send, and which of it has arrived. The names are Zoom's own; the fourteen of the Quality of Service
// Subscription are all there are, the others say who came and went.
import type { Ingest, SubscriptionIngest } from "../api/types.ts";
import { millis } from "./time.ts";

export interface EventGroup { name: string; why: string; /** Earshot has next to nothing without these. */ needed: boolean; events: readonly string[] }

const quad = (prefix: string, noun: string) => [`${prefix}.${noun}_qos`, `${prefix}.${noun}_qos_summary`, `${prefix}.${noun}_data`, `${prefix}.${noun}_data_summary`];

export const EVENT_GROUPS: readonly EventGroup[] = [
  { name: "Meetings: quality", why: "Every minute of everybody, and their device and network. Zoom calls the data events “(Advanced) Data”.", needed: true, events: quad("meeting", "participant") },
  { name: "Webinars: quality", why: "The same for webinars.", needed: false, events: quad("webinar", "participant") },
  { name: "Phone: quality", why: "Both sides of Zoom Phone calls.", needed: false, events: ["phone.call_qos", "phone.call_qos_summary"] },
  { name: "Video SDK: quality", why: "Only if you build with the Video SDK.", needed: false, events: quad("session", "user") },
  {
    name: "Meetings: who came and went", why: "Topics, hosts, joins and leaves, and external people, about whom Zoom sends no quality.", needed: true,
    events: ["meeting.started", "meeting.ended", "meeting.participant_joined", "meeting.participant_left", "meeting.participant_joined_breakout_room", "meeting.participant_left_breakout_room", "meeting.participant_bind", "meeting.alert"],
  },
  { name: "Webinars: who came and went", why: "The same for webinars.", needed: false, events: ["webinar.started", "webinar.ended", "webinar.participant_joined", "webinar.participant_left", "webinar.participant_bind", "webinar.alert"] },
  { name: "Phone: calls", why: "Who called whom, and when. Without these a call has its quality and its id.", needed: false, events: ["phone.caller_ringing", "phone.caller_connected", "phone.caller_ended", "phone.callee_ringing", "phone.callee_answered", "phone.callee_ended"] },
  { name: "Video SDK: who came and went", why: "Only if you build with the Video SDK.", needed: false, events: ["session.started", "session.ended", "session.user_joined", "session.user_left", "session.alert"] },
];

export interface Arrived { count: number; last: number }

/** How often each event has come, of those that have. */
export function arrivals(i: Ingest | undefined): ReadonlyMap<string, Arrived> {
  return new Map((i?.events ?? []).filter((e) => e.count > 0).map((e) => [e.name, { count: e.count, last: millis(e.last) }]));
}

/** Zoom checks an endpoint again after this long, and stops sending after six failures in a row. */
export const CHALLENGE_MS = 72 * 3_600_000;

export type ChallengeState = "passed" | "overdue" | "none";

/** Whether Zoom has checked a path; overdue when it should have again, an hour allowed for. Earshot knows since its receiver started. */
export function challengeState(s: Pick<SubscriptionIngest, "last_challenge">, now: number): ChallengeState {
  const at = millis(s.last_challenge);
  if (Number.isNaN(at)) return "none";
  return now - at > CHALLENGE_MS + 3_600_000 ? "overdue" : "passed";
}

/** Whether Zoom has validated an address of ours: told by the receiver since it started, and by the events of before. */
export const isValidated = (i: Ingest | undefined, now: number): boolean =>
  i !== undefined && (i.subscriptions.some((s) => challengeState(s, now) === "passed") || arrivals(i).has("endpoint.url_validation") || i.challenges > 0);

/** How many secret tokens are loaded. */
export const secretsOf = (i: Ingest | undefined): number => (i?.subscriptions ?? []).reduce((n, s) => n + s.secrets, 0);

/** The next check, NaN when there was none yet. */
export const nextChallenge = (s: Pick<SubscriptionIngest, "last_challenge">): number => millis(s.last_challenge) + CHALLENGE_MS;

/** What stands in the way, worst first: told by what the receiver counted. */
export function obstacles(i: Ingest): { text: string; todo: string }[] {
  const out: { text: string; todo: string }[] = [];
  const secrets = secretsOf(i);
  // What the receiver counts it counts since it started; what ever came is told beside it.
  const ever = arrivals(i).size > 0;
  if (!i.receiver) out.push({ text: "The receiver does not answer.", todo: "Start it, then look at its log." });
  if (i.receiver && secrets === 0) out.push({ text: "No secret token is loaded: every request is answered 503.", todo: "Do step 1 and restart." });
  if (i.bad_signature > 0 && i.challenges === 0 && i.accepted === 0) out.push({ text: "Requests come, and none fits the secret token.", todo: "It is another app’s, or it was regenerated: copy it again. What was refused is in quarantine and is verified again after the restart." });
  if (i.bad_timestamp > 0 && i.accepted === 0) out.push({ text: "Requests come with times far from this machine’s clock.", todo: "Check time synchronisation." });
  if (i.receiver && secrets > 0 && i.received === 0 && !ever) out.push({ text: "Nothing has reached the receiver yet.", todo: "If Zoom says that the validation failed, it did not get here: DNS, the firewall, the proxy’s path, or a certificate that no public authority signed." });
  return out;
}

/** Where Zoom is to send to. An unknown host is left to be filled in. */
export const endpointOf = (host: string, name: string): string => `https://${host || "earshot.example.com"}/webhook${name ? `/${name}` : ""}`;
