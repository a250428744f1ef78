// The JSON of Earshot's API. schema.d.ts is generated from the server's own OpenAPI document (npm run generate); this is
// the one place that gives its types their names, and everything else imports from here. Times are RFC 3339 in UTC; what
// is missing is left out, never zero.
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

/** The generator lets every list be null, because Go's can be. Earshot's API writes an empty list as [], never as null. */
type Whole<T> = T extends readonly (infer U)[] ? Whole<U>[] : T extends object ? { [K in keyof T]: WithoutNull<T[K]> } : T;
type WithoutNull<T> = Extract<T, readonly unknown[]> extends never ? Whole<T> : Whole<Exclude<T, null>>;

type From<K extends keyof Schemas> = Whole<Schemas[K]>;

export type ID = string;

export type GradeCount = From<"GradeCount">;
export type MeetingRow = From<"MeetingRow">;
export type Reason = From<"Reason">;
export type StripMinute = From<"StripMinute">;
export type PersonRef = From<"PersonRef">;
export type SiteRef = From<"SiteRef">;
export type SegmentRow = From<"SegmentRow">;
export type Minute = From<"Minute">;
export type Notification = From<"Notification">;
export type MeetingDetail = From<"MeetingDetail">;
export type SegmentMinutes = From<"SegmentMinutes">;
export type MeetingMinutes = From<"MeetingMinutes">;
export type MinuteColumns = From<"MinuteColumns">;
export type Device = From<"Device">;
export type SegmentDetail = From<"SegmentDetail">;
export type StreamSummary = From<"StreamSummary">;
export type StreamSeries = From<"StreamSeries">;
export type Band = From<"Band">;
export type SegmentSeries = From<"SegmentSeries">;
export type Peers = From<"Peers">;
export type PeerSeries = From<"PeerSeries">;
export type Person = From<"Person">;
export type PersonSegment = From<"PersonSegment">;
export type PersonDetail = From<"PersonDetail">;
export type CallParty = From<"CallParty">;
export type Call = From<"Call">;
export type RunningCalls = From<"RunningCalls">;
export type CallSeries = From<"CallSeries">;
export type CallDetail = From<"CallDetail">;
export type Measured = From<"Measured">;
export type Site = From<"SiteRow">;
export type SiteDetail = From<"SiteDetail">;
export type Split = From<"Split">;
export type SiteWeek = From<"SiteWeek">;
export type SiteSubnets = From<"SiteSubnets">;
export type Addresses = From<"Addresses">;
export type AddressRange = From<"AddressRange">;
export type TypedSites = From<"TypedSites">;
export type SitePlan = From<"SitePlan">;
export type SiteEntry = From<"SiteEntry">;
export type SiteChanges = Omit<From<"SiteChanges">, "$schema">;
export type Devices = From<"Devices">;
export type Gear = From<"Gear">;
export type DeviceGroup = From<"DeviceGroup">;
export type Behind = From<"Behind">;
export type SearchHit = From<"SearchHit">;
export type SeriesDetail = From<"SeriesDetail">;
export type SeriesPerson = From<"SeriesPerson">;
export type NamedMinutes = From<"NamedMinutes">;
export type WeekMinutes = From<"WeekMinutes">;
export type FindResult = From<"FindResult">;
export type FoundRow = From<"FoundRow">;
export type FoundRef = From<"FoundRef">;
export type Account = From<"Account">;
export type Ingest = From<"Ingest">;
export type SubscriptionIngest = From<"SubscriptionIngest">;
export type EventIngest = From<"EventIngest">;
export type DriftIngest = From<"DriftIngest">;
export type Export = From<"Export">;
export type Notice = From<"Notice">;
export type LiveStatus = From<"LiveStatus">;
export type LiveMeetings = From<"LiveMeetings">;
export type LiveMeeting = From<"LiveMeeting">;
export type Session = From<"Session">;
export type MinuteCause = From<"MinuteCause">;
export type CauseMinutes = From<"CauseMinutes">;
/** What made a run of poor and bad minutes so, in words. */
export type CauseVerdict = From<"Verdict">;
export type PeopleCount = From<"PeopleCount">;
export type CellRef = From<"CellRef">;
export type IncidentRow = From<"IncidentRow">;
export type IncidentLine = From<"IncidentLine">;
export type IncidentDetail = From<"IncidentDetail">;
export type AlertRow = From<"AlertRow">;
export type AlertLine = From<"AlertLine">;
export type AlertDetail = From<"AlertDetail">;
/** A rule as it is sent. */
export type Rule = From<"Rule">;
/** A rule and where it comes from. */
export type AlertRule = From<"AlertRule">;
export type AlertMatcher = From<"AlertMatcher">;
export type AlertSilence = From<"AlertSilence">;
export type NewAlertSilence = From<"NewAlertSilence">;
/** A span of maintenance as it is sent. */
export type Maintenance = From<"Maintenance">;
/** A span of maintenance, where it comes from, and when it takes place. */
export type AlertMaintenance = From<"AlertMaintenance">;
export type AlertSpan = From<"AlertSpan">;
export type MaintenancePreview = From<"AlertMaintenancePreview">;
export type AlertReceiver = From<"AlertReceiver">;
export type AlertAnswer = From<"AlertAnswer">;
export type BackTest = From<"BackTest">;
export type RawEvents = From<"RawEvents">;
export type IncidentPerson = From<"IncidentPerson">;
export type IncidentPeople = From<"IncidentPeople">;
export type IncidentMeeting = From<"IncidentMeeting">;
export type IncidentMinutes = From<"IncidentMinutes">;
export type IncidentSplits = From<"IncidentSplits">;
export type IncidentSplit = From<"IncidentSplit">;
export type IncidentClue = From<"IncidentClue">;
export type Overall = From<"Overall">;
export type Drop = From<"Drop">;
/** Something about a participant's network or device that became another. */
export type NetworkChange = From<"Change">;
export type Trust = From<"Trust">;
export type InputReading = From<"InputReading">;

export type OverviewNow = From<"OverviewNow">;
export type OverviewDay = From<"OverviewDay">;
export type OverviewGroups = From<"OverviewGroups">;
export type NowGroup = From<"NowGroup">;
export type NowPerson = From<"NowPerson">;
export type Mover = From<"Mover">;
export type SiteSplit = From<"SiteSplit">;

export interface Page<T> { items: T[]; next_cursor: string }

export type Grade = MeetingRow["grade"];
export type Cause = Exclude<MinuteCause["cause"], "">;
export type IncidentState = Exclude<IncidentRow["state"], "">;
export type Severity = Exclude<IncidentRow["severity"], "">;
export type Why = NonNullable<Minute["why"]>;
export type Kind = MeetingRow["kind"];
export type Media = NonNullable<StreamSeries["media"]>;
export type Direction = CallSeries["direction"];
export type Peer = NonNullable<StreamSeries["peer"]>;
/** Zoom's own name of a stream or source. */
export type Wire = StreamSeries["wire"];
export type Metric = Band["metric"];
/** A column of a series: null where a report did not say. */
export type Column = (number | null)[];
