package zoom

import "time"

// The headers of a notification. Zoom sends them in lower case; HTTP does not care. Only the signature and the timestamp are
// on every request.
const (
	HeaderSignature  = "x-zm-signature"         // "v0=" and 64 hexadecimal digits
	HeaderTimestamp  = "x-zm-request-timestamp" // seconds since the epoch
	HeaderRequestID  = "x-zm-request-id"        // said to be the same in all attempts to deliver one notification; not signed
	HeaderTrackingID = "x-zm-trackingid"        // of one delivery
	HeaderClientID   = "clientid"               // beside basic authentication
)

// The same, in the form that net/http files headers under.
const (
	canonicalSignature = "X-Zm-Signature"
	canonicalTimestamp = "X-Zm-Request-Timestamp"
)

// What Zoom's requests say of themselves.
const (
	UserAgent   = "Zoom Marketplace/1.0a"
	ContentType = "application/json; charset=utf-8"
)

// How Zoom delivers: see https://developers.zoom.us/docs/api/webhooks/. An attempt succeeds
// when 200 or 204 comes within AnswerDeadline. After a status of 500 or more, and after most network errors, Zoom tries again
// at the times of RetryAfter; after any status below 500 it never does.
const AnswerDeadline = 3 * time.Second

// RetryAfter returns when the second, third and fourth attempt come, counted from the first; after those the notification is lost.
func RetryAfter() [3]time.Duration {
	return [3]time.Duration{5 * time.Minute, 25 * time.Minute, 85 * time.Minute}
}

// ChallengeInterval is how often Zoom repeats the challenge of an endpoint. It disables the subscription after six failures
// in a row.
const ChallengeInterval = 72 * time.Hour

// TimeLayout is the form of dates in notifications, for time.Format, in UTC.
const TimeLayout = "2006-01-02T15:04:05Z"

// The words of alerts (Event.Issues).
const (
	IssueAudio     = "Unstable audio quality"
	IssueVideo     = "Unstable video quality"
	IssueShare     = "Unstable screen share quality"
	IssueCPU       = "High CPU occupation"
	IssueReconnect = "Call Reconnection"
)

// The words of an entry of TypeNotification (Details.Notification).
const (
	NotificationBandwidth = "network bandwidth low"
	NotificationUnstable  = "internet connection unstable"
)
