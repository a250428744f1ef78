package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot/emulator"
)

// Delivery is one attempt to deliver a notification.
type Delivery struct {
	Event          string
	Status         int // of the answer; -1 when there was none
	FailedReason   int // failed_reason_type, 1 to 16; 0 is left out
	UserID         string
	Endpoint       string
	SubscriptionID string
	RequestHeaders string // "" is told as "N/A"
	RequestBody    string
	ResponseHeader string // JSON text; "" is told as "N/A"
	ResponseBody   string // "" is told as "N/A"
	Time           time.Time
	TraceID        string
	RequestID      string
	Retry          int // 0 is the first attempt
}

// DeliveryLog knows what became of notifications. It is asked by many goroutines.
type DeliveryLog interface {
	// Deliveries returns the attempts from from (inclusive) to to (exclusive) in simulated time, in that order; those of one
	// millisecond by SubscriptionID, RequestID and Retry, of which no two are the same but for an instant retry.
	Deliveries(from, to time.Time) []Delivery
}

// succeeded is Zoom's rule: 200 or 204, on a retry any 2xx.
func (d *Delivery) succeeded() bool {
	return d.Status == 200 || d.Status == 204 || d.Retry > 0 && d.Status >= 200 && d.Status < 300
}

// logDays is how long Zoom keeps webhook logs.
const logDays = emulator.LogDays

// webhookLogs answers GET /marketplace/apps/{appId}/webhook_logs, and its Video SDK twin, which has the events of
// sessions, no user_id, and says 400 where the other says 404.
func webhookLogs(c *call) (int, any, *apiError) {
	sdk := c.at.family == videoSDK
	status := http.StatusNotFound
	if sdk {
		status = http.StatusBadRequest
	}
	if !sdk && c.vars[0] != c.app.ID {
		return 0, nil, fail(status, 1401, "APP ID does not exist: "+c.vars[0]+".")
	}
	from, to, e := c.logSpan(status)
	if e != nil {
		return 0, nil, e
	}
	typ, retry, e := c.logFilters()
	if e != nil {
		return 0, nil, e
	}
	all := []Delivery{}
	if c.s.o.Deliveries != nil {
		for _, d := range c.s.o.Deliveries.Deliveries(from, to) {
			name := c.q.Get("event")
			if sdk && !strings.HasPrefix(d.Event, "session.") || c.at.sub && !strings.Contains(d.RequestBody, `"account_id":"`+c.account+`"`) {
				continue
			}
			if (name == "" || d.Event == name) && (retry < 0 || d.Retry == retry) && (typ == 1 || d.succeeded() == (typ == 3)) {
				all = append(all, d)
			}
		}
	}
	items, size, next, e := itemsOf(c, all, deliveryKey, 30, 300, func(d Delivery) object { return logItem(&d, sdk) })
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, object{"next_page_token", next, "page_size", size, "webhook_logs", items}, nil
}

// deliveryKey orders attempts. Two of one delivery can have one time: an instant retry follows at once.
func deliveryKey(d Delivery) string {
	after := "1"
	if d.FailedReason == int(emulator.FailedInstant) {
		after = "0"
	}
	return sortKey(d.Time, d.SubscriptionID+d.RequestID+strconv.Itoa(d.Retry)+after)
}

func logItem(d *Delivery, sdk bool) object {
	na := func(s string) string {
		if s == "" {
			return "N/A"
		}
		return s
	}
	return object{
		"event", d.Event, "status", d.Status, "failed_reason_type", when(d.FailedReason != 0, d.FailedReason), "user_id", when(!sdk, d.UserID),
		"endpoint", d.Endpoint, "subscription_id", d.SubscriptionID, "request_headers", na(d.RequestHeaders), "request_body", d.RequestBody,
		"response_headers", na(d.ResponseHeader), "response_body", na(d.ResponseBody), "date_time", stamp(d.Time), "trace_id", d.TraceID,
		"request_id", d.RequestID, "retry_num", d.Retry,
	}
}

// logSpan reads from and to, which must lie within the last seven days; the default is all of them.
func (c *call) logSpan(status int) (from, to time.Time, e *apiError) {
	now := c.s.now()
	from, to = now.AddDate(0, 0, -logDays), now.Add(time.Second)
	for _, p := range []struct {
		name string
		into *time.Time
	}{{"from", &from}, {"to", &to}} {
		v := c.q.Get(p.name)
		if v == "" {
			continue
		}
		t, err := time.Parse("2006-01-02T15:04:05Z", v)
		if err != nil {
			return from, to, fail(status, 1503, "The dates must follow the format: `yyyy-MM-dd'T'HH:mm:ss'Z'`.")
		}
		*p.into = t
	}
	switch {
	case from.After(now):
		return from, to, fail(status, 1504, "The 'from' date must be before the current date(UTC).")
	case from.Before(now.AddDate(0, 0, -logDays).Add(-time.Minute)):
		return from, to, fail(status, 1502, "The date range must be within the last seven days.")
	case !to.After(from):
		return from, to, fail(status, 1501, "The 'to' date must be after the 'from' date.")
	}
	return from, to, nil
}

// logFilters reads type (2, failed, is the default) and retry_num (-1: any).
func (c *call) logFilters() (typ, retry int, e *apiError) {
	typ, retry = 2, -1
	if v := c.q.Get("type"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 3 {
			return typ, retry, invalid("type")
		}
		typ = n
	}
	if v := c.q.Get("retry_num"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > 3 {
			return typ, retry, fail(http.StatusBadRequest, 1506, "The 'retry_num' value must be an integer within the range of 0 to 3.")
		}
		retry = n
	}
	return typ, retry, nil
}
