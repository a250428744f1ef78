package zoom

// The headers of a notification. Zoom sends them in lower case; HTTP does not care. Only the signature and the timestamp are
// on every request.
const (
	HeaderSignature  = "x-zm-signature"         // "v0=" and 64 hexadecimal digits
	HeaderTimestamp  = "x-zm-request-timestamp" // seconds since the epoch
	HeaderRequestID  = "x-zm-request-id"        // said to be the same in all attempts to deliver one notification; not signed
	HeaderTrackingID = "x-zm-trackingid"        // of one delivery
	HeaderClientID   = "clientid"
)

// The same, in the form that net/http files headers under.
const (
	canonicalSignature = "X-Zm-Signature"
	canonicalTimestamp = "X-Zm-Request-Timestamp"
)

const (
	UserAgent   = "Zoom Marketplace/1.0a"           // of Zoom's requests
	ContentType = "application/json; charset=utf-8" // of Zoom's requests
)
