package rest

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Label is a rate-limit class (https://developers.zoom.us/docs/api/rate-limits/), spelled as in X-RateLimit-Category.
type Label string

// The labels.
const (
	Light             Label = "Light"
	Medium            Label = "Medium"
	Heavy             Label = "Heavy"
	ResourceIntensive Label = "Resource-intensive"
)

// Plan is the account's plan.
type Plan string

// The plans.
const (
	PlanFree     Plan = "free"
	PlanPro      Plan = "pro"
	PlanBusiness Plan = "business" // and Education, Enterprise, partners
)

// PhonePlan is the account's Zoom Phone plan.
type PhonePlan string

// The phone plans.
const (
	PhonePro      PhonePlan = "pro"
	PhoneBusiness PhonePlan = "business"
)

// limit is how much of a label a plan allows.
type limit struct {
	n      int
	per    time.Duration
	perDay int    // 0: no limit by day
	budget string // labels with the same budget share perDay
}

const (
	second = time.Second
	minute = time.Minute
)

var planLimits = map[Plan]map[Label]limit{
	PlanFree: {
		Light: {4, second, 6000, "light"}, Medium: {2, second, 2000, "medium"}, Heavy: {1, second, 1000, "heavy"},
		ResourceIntensive: {10, minute, 30_000, "intensive"},
	},
	PlanPro: {
		Light: {30, second, 0, ""}, Medium: {20, second, 0, ""}, Heavy: {10, second, 30_000, "heavy"}, ResourceIntensive: {10, minute, 30_000, "heavy"},
	},
	PlanBusiness: {
		Light: {80, second, 0, ""}, Medium: {60, second, 0, ""}, Heavy: {40, second, 60_000, "heavy"}, ResourceIntensive: {20, minute, 60_000, "heavy"},
	},
}

var phoneLimits = map[PhonePlan]map[Label]limit{
	PhonePro: {
		Light: {20, second, 0, ""}, Medium: {10, second, 0, ""}, Heavy: {5, second, 15_000, "phone"}, ResourceIntensive: {5, minute, 15_000, "phone"},
	},
	PhoneBusiness: {
		Light: {40, second, 0, ""}, Medium: {20, second, 0, ""}, Heavy: {10, second, 30_000, "phone"}, ResourceIntensive: {10, minute, 30_000, "phone"},
	},
}

// limiter counts per account: all apps share. Its windows are whole seconds, minutes and days (UTC) of the clock. It is for
// many goroutines.
type limiter struct {
	mu      sync.Mutex
	windows map[string]*window
	days    map[string]*window
}

type window struct {
	start time.Time
	n     int
}

func newLimiter() *limiter {
	return &limiter{windows: map[string]*window{}, days: map[string]*window{}}
}

func take(of map[string]*window, key string, start time.Time) *window {
	w := of[key]
	if w == nil || !w.start.Equal(start) {
		w = &window{start: start}
		of[key] = w
	}
	return w
}

// verdict is what the limiter says of one request.
type verdict struct {
	label     Label
	daily     bool // what is said is about the day
	limit     int
	remaining int
	refused   bool
	again     time.Time // daily only
}

// ask counts a request, unless it is refused.
func (l *limiter) ask(family string, label Label, lim limit, now time.Time) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	now = now.UTC()
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	var d *window
	if lim.perDay > 0 {
		if d = take(l.days, family+lim.budget, day); d.n >= lim.perDay {
			return verdict{label, true, lim.perDay, 0, true, day.AddDate(0, 0, 1)}
		}
	}
	w := take(l.windows, family+string(label), now.Truncate(lim.per))
	if w.n >= lim.n {
		return verdict{label: label, limit: lim.n, refused: true}
	}
	w.n++
	if d != nil {
		d.n++
		return verdict{label: label, daily: true, limit: lim.perDay, remaining: lim.perDay - d.n}
	}
	return verdict{label: label, limit: lim.n, remaining: lim.n - w.n}
}

// headers says it in the headers of Zoom's older documentation, which its servers still send in part.
func (v *verdict) headers(h http.Header) {
	h.Set("X-RateLimit-Category", string(v.label))
	kind := "QPS"
	if v.daily {
		kind = "Daily-limit"
	}
	h.Set("X-RateLimit-Type", kind)
	h.Set("X-RateLimit-Limit", strconv.Itoa(v.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(v.remaining))
	if v.refused && v.daily {
		h.Set("Retry-After", v.again.Format("2006-01-02T15:04:05Z"))
	}
}

func (v *verdict) err() *apiError {
	if v.daily {
		return fail(http.StatusTooManyRequests, 429, "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request.")
	}
	return fail(http.StatusTooManyRequests, 429, "You have reached the maximum per-second rate limit for this API. Try again later.")
}
