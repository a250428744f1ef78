// The JSON of Earshot's API, as internal/api writes it. This is the one place that knows its shapes: everything else
// imports from here. Times are RFC 3339 in UTC; what is missing is left out, never zero.

export type ID = string;
/** An instant as RFC 3339 text in UTC. */
export type Instant = string;

export type Grade = "good" | "fair" | "poor" | "bad" | "unclassified";
export type Why = "" | "idle" | "short-session" | "few-reports" | "no-report";
export type Kind = "" | "meeting" | "webinar" | "session";
export type Media = "" | "audio" | "video" | "share";
export type Direction = "" | "send" | "receive";
export type Peer = "" | "client" | "crc" | "rwg";
export type Metric =
  | "bitrate_kbps" | "latency_ms" | "jitter_ms" | "loss_avg_pct" | "loss_max_pct" | "width_px" | "height_px" | "frame_rate_fps"
  | "cpu_zoom_min_pct" | "cpu_zoom_avg_pct" | "cpu_zoom_max_pct" | "cpu_system_max_pct" | "pressure_min" | "pressure_avg" | "pressure_max"
  | "quality" | "quality_score" | "rssi_min_dbm" | "rssi_avg_dbm" | "rssi_max_dbm";

export interface Page<T> { items: T[]; next_cursor: string }

export interface GradeCount { good: number; fair: number; poor: number; bad: number; unclassified: number }

export interface Reason { text: string; wire: string; media?: Media; direction?: Direction; metric: Metric; value: number; bound: number }

export interface StripMinute extends GradeCount { at: Instant }

export interface MeetingRow {
  id: ID; account: ID; uuid: string; kind: Kind; number?: string; topic?: string; host?: string; parent?: ID; live: boolean;
  start?: Instant; start_estimated?: boolean; end?: Instant; last_seen?: Instant;
  /** Live: present now. Past: distinct people. */
  people: number;
  /** People whom Zoom sends no quality reports about. */
  unreported: number;
  grade: Grade; since?: Instant; now: GradeCount; minutes: GradeCount; affected: GradeCount; reason?: Reason; strip?: StripMinute[];
}

export interface PersonRef { id?: ID; name: string; external?: boolean }
export interface SiteRef { id?: ID; name: string; derived?: boolean }

export interface SegmentRow {
  id: ID; meeting: ID; person: PersonRef; in_meeting_id: string; join?: Instant; leave?: Instant; leave_reason?: string;
  present: boolean; reported: boolean; parent?: ID; site?: SiteRef; network?: string; device?: string; client_version?: string;
  data_center?: string; grade: Grade; why?: Why; reason?: Reason; minutes: GradeCount;
}

export interface Minute {
  at: Instant; grade: Grade; why?: Why; reason?: Reason; open?: boolean; spike?: boolean;
  /** audio_send, audio_receive, video_send, video_receive, share_send, share_receive, cpu, wifi. */
  slots: Grade[];
  /** Zoom's own verdicts on audio, video and sharing. */
  zoom?: Grade[];
}

export interface Notification { at: Instant; segment?: ID; code: string }

export interface MeetingDetail extends MeetingRow {
  account_zoom_id?: string; series?: ID; segments: SegmentRow[]; breakouts?: MeetingRow[]; notifications: Notification[]; watermark: Instant;
}

export interface SegmentMinutes { segment: ID; minutes: Minute[] }
export interface MeetingMinutes { from: Instant; to: Instant; rows: SegmentMinutes[] }

export interface Device {
  at: Instant; device?: string; device_detail?: string; client?: string; client_version?: string; network_type?: string;
  connection_type?: string; data_center?: string; location?: string; microphone?: string; speaker?: string; camera?: string;
  pc_name?: string; domain?: string; mac?: string; disk_id?: string; public_ip?: string; internal_ip?: string; destination?: string;
  site?: SiteRef; isp?: string;
}

export interface StreamSummary { wire: string; media?: Media; direction?: Direction; values: Record<string, number> }

export interface SegmentDetail extends SegmentRow { meeting_row: MeetingRow; devices: Device[]; summaries: StreamSummary[]; rejoins?: SegmentRow[] }

export type Column = (number | null)[];
export interface StreamSeries { wire: string; media?: Media; direction?: Direction; peer?: Peer; at: number[]; metrics: Record<string, Column> }
export interface Band { media?: Media; metric: Metric; fair?: number; poor?: number; bad?: number; falling?: boolean }

export interface SegmentSeries {
  from: Instant; to: Instant; streams: StreamSeries[]; minutes: Minute[]; notifications: Notification[]; bands: Band[];
  input_means: string; cadence_seconds: number;
}

export interface Person { id: ID; account: ID; name: string; email?: string; zoom_user_id?: string; known_by: string }
export interface PersonSegment extends SegmentRow { meeting_row: MeetingRow }
export interface PersonDetail extends Person { minutes: GradeCount; segments: PersonSegment[] }

export interface CallParty { name?: string; person?: ID; number?: string; extension?: string; device?: string; network?: string }
export interface Call {
  id: ID; zoom_id: string; start?: Instant; connected?: Instant; end?: Instant; caller: CallParty; callee: CallParty; mos?: number; grade: Grade;
}
export interface CallSeries { side: "" | "caller" | "callee"; direction: Direction; at: number[]; metrics: Record<string, Column> }
export interface CallDetail extends Call { series: CallSeries[] }

export interface Site extends SiteRef {
  ranges?: string[]; zone?: string; isp?: string; link_mbps?: number; vpn?: boolean; tags?: string[]; people: number; now: GradeCount;
}

export interface SearchHit { type: "meeting" | "person" | "call" | "site"; id: ID; title: string; detail?: string; live?: boolean }

export interface Ingest {
  receiver: boolean; receiver_error?: string; received: number; accepted: number; duplicate: number; bad_signature: number;
  bad_timestamp: number; too_large: number; shed: number; aborted: number; challenges: number; quarantined: number;
  last_event?: Instant; last_challenge?: Instant; subscriptions: SubscriptionIngest[]; events_per_second: number; ack_p50_ms: number; ack_p99_ms: number;
  journal: { id: string; first: number; tail: number; oldest?: Instant; bytes: number; archive_bytes: number; damaged: number };
  applied: {
    seq: number; facts: number; registry: number; snapshot: number; backlog: number; watermark?: Instant;
    rebuilding?: { seq: number; to: number }; dirty_hours: number;
  };
  lag_p50_ms: number; lag_p99_ms: number; events: EventIngest[]; drift: DriftIngest[];
  facts: { rows: Record<string, number>; file_bytes: number; wal_bytes: number; recovered?: string };
  notices: Notice[];
}
export interface SubscriptionIngest { name: string; secrets: number; accepted: number; refused: number; last_event?: Instant }
export interface EventIngest { name: string; count: number; last?: Instant }
export interface DriftIngest { event: string; key?: string; count: number; first: Instant; last: Instant }
export interface Notice { severity: "info" | "warning" | "error"; text: string; hint?: string }

export interface LiveStatus {
  watermark: Instant; meetings: number; people: number; calls: number; by_grade: GradeCount; meetings_by_grade: GradeCount;
  external: number; lag_ms: number; receiver: boolean;
}
export interface LiveMeetings { rows: MeetingRow[]; ended?: ID[] }
export interface LiveMeeting { meeting: ID; segments: SegmentRow[]; minutes: SegmentMinutes[] }

export interface Session { user: string; role: string }
