package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

// day is the default span of call_logs; month that of past_calls.
const (
	day   = 24 * time.Hour
	month = 30 * day
)

// goodMOS is Zoom's border between good and bad calls.
const goodMOS = 3.5

// callLogs answers GET /phone/metrics/call_logs.
func callLogs(c *call) (int, any, *apiError) {
	items, next, size, total, e := c.callPage(day)
	if e != nil {
		return 0, nil, e
	}
	from, to := c.dates(day)
	return http.StatusOK, object{"call_logs", items, "from", from, "next_page_token", next, "page_size", size, "to", to, "total_records", total}, nil
}

// pastCalls answers GET /phone/metrics/past_calls.
func pastCalls(c *call) (int, any, *apiError) {
	items, next, size, total, e := c.callPage(month)
	if e != nil {
		return 0, nil, e
	}
	from, to := c.dates(month)
	return http.StatusOK, object{"call_logs", items, "from", from, "to", to, "next_page_token", next, "page_size", size, "total_records", total}, nil
}

// dates are from and to as asked, or the default's.
func (c *call) dates(span time.Duration) (from, to string) {
	from, to = c.q.Get("from"), c.q.Get("to")
	if from == "" {
		from = c.s.now().Add(-span).Format(time.DateOnly)
	}
	if to == "" {
		to = c.s.now().Format(time.DateOnly)
	}
	return from, to
}

// callPage is a page of the calls that have ended and that the query describes.
func (c *call) callPage(span time.Duration) (items []object, next string, size, total int, e *apiError) {
	kind, e := c.word("quality_type", "all", "good", "bad")
	if e != nil {
		return nil, "", 0, 0, e
	}
	from, to, e := c.span(span, false)
	if e != nil {
		return nil, "", 0, 0, e
	}
	var all []emulator.PhoneCall
	for _, p := range c.s.o.History.Calls(from, to) {
		mos, ok := callMOS(&p)
		if !c.ours(p.AccountID) || p.Ended.IsZero() || kind != "all" && (!ok || (mos >= goodMOS) != (kind == "good")) || !c.wants(&p) {
			continue
		}
		all = append(all, p)
	}
	key := func(p emulator.PhoneCall) string { return sortKey(p.Ringing, p.ID) }
	items, size, next, e = itemsOf(c, all, key, 30, 100, func(p emulator.PhoneCall) object { return c.callItem(&p, false) })
	if e != nil {
		return nil, "", 0, 0, e
	}
	return items, next, size, len(all), nil
}

// wants applies the filters of past_calls. Nobody has a department or a cost centre here, so asking for one finds nothing.
func (c *call) wants(p *emulator.PhoneCall) bool {
	either := func(name string, of func(zoom.CallParty) string) bool {
		v := c.q.Get(name)
		return v == "" || of(p.Caller) == v || of(p.Callee) == v
	}
	list := func(name string) []string {
		var all []string
		for _, v := range slices.Concat(c.q[name], c.q[name+"[]"]) {
			all = append(all, strings.Split(v, ",")...)
		}
		return all
	}
	directions, durations := list("directions"), list("durations")
	site := c.q.Get("site_id")
	return either("phone_number", func(x zoom.CallParty) string { return x.PhoneNumber }) &&
		either("extension_number", func(x zoom.CallParty) string { return x.ExtensionNumber }) &&
		c.q.Get("department") == "" && c.q.Get("cost_center") == "" &&
		(site == "" || c.siteID(&p.Caller) == site || c.siteID(&p.Callee) == site) &&
		(len(directions) == 0 || slices.Contains(directions, direction(p))) &&
		(len(durations) == 0 || slices.Contains(durations, durationClass(talk(p))))
}

// durationClass is 3 for less than a minute, 0 up to five, 1 up to ten, 2 for more.
func durationClass(seconds int) string {
	switch {
	case seconds < 60:
		return "3"
	case seconds <= 300:
		return "0"
	case seconds <= 600:
		return "1"
	}
	return "2"
}

// talk is the call's duration in seconds.
func talk(p *emulator.PhoneCall) int {
	if p.Answered.IsZero() || p.Ended.IsZero() {
		return 0
	}
	return int(p.Ended.Sub(p.Answered) / time.Second)
}

func direction(p *emulator.PhoneCall) string {
	switch {
	case p.Caller.ExtensionNumber != "" && p.Callee.ExtensionNumber != "":
		return "internal"
	case p.Caller.ExtensionNumber != "":
		return "outbound"
	}
	return "inbound"
}

// callMOS is the average of a call's scores.
func callMOS(p *emulator.PhoneCall) (mos float64, ok bool) {
	var sum float64
	n := 0
	for i := range p.QoS {
		if q := p.QoS[i].MOS; q.Present {
			sum += q.Value
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// callItem is one call; detail adds who the parties are.
func (c *call) callItem(p *emulator.PhoneCall, detail bool) object {
	mos := ""
	if v, ok := callMOS(p); ok {
		mos = oneDecimal(v)
	}
	return object{
		"call_id", p.ID, "callee", c.party(&p.Callee, detail), "caller", c.party(&p.Caller, detail), "date_time", stamp(p.Ringing),
		"direction", direction(p), "duration", talk(p), "mos", mos,
	}
}

func (c *call) siteID(x *zoom.CallParty) string {
	if who, ok := c.s.o.History.Colleague(x.ZoomUserID); ok {
		return opaqueID("site", who.Site)
	}
	return ""
}

// party is one side. Of a number outside, Zoom knows little more than the number.
func (c *call) party(x *zoom.CallParty, detail bool) object {
	who, ours := c.s.o.History.Colleague(x.ZoomUserID)
	device, kind := "", ""
	if ours {
		device, kind = who.Device+"_Client "+who.Version, "user"
	}
	return object{
		"codec", "OPUS", "device_private_ip", who.PrivateIP, "device_public_ip", who.PublicIP, "device_type", device,
		"extension_number", x.ExtensionNumber, "headset", who.Speaker, "isp", who.ISP, "microphone", who.Microphone,
		"phone_number", x.PhoneNumber, "site_id", c.siteID(x),
		"id", when(detail, x.ZoomUserID), "extension_type", when(detail, kind), "display_name", when(detail, who.Name),
	}
}

func (c *call) phoneCall() (emulator.PhoneCall, *apiError) {
	p, ok := c.s.o.History.Call(c.vars[0])
	if !ok || p.Ended.IsZero() || !c.ours(p.AccountID) {
		return p, fail(http.StatusNotFound, 300, "Call log does not exist: "+strconv.Quote(c.vars[0])+".")
	}
	return p, nil
}

// callLog answers GET /phone/metrics/call_logs/{call_id}.
func callLog(c *call) (int, any, *apiError) {
	p, e := c.phoneCall()
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, c.callItem(&p, true), nil
}

// callQoS answers GET /phone/metrics/call_logs/{callId}/qos, in the only place where Zoom writes "14.98kbps" and "7.53ms".
func callQoS(c *call) (int, any, *apiError) {
	p, e := c.phoneCall()
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, object{
		"call_id", p.ID, "callee_qos", c.sideQoS(&p, "callee", &p.Callee), "caller_qos", c.sideQoS(&p, "caller", &p.Caller),
	}, nil
}

func (c *call) sideQoS(p *emulator.PhoneCall, side string, x *zoom.CallParty) object {
	who, _ := c.s.o.History.Colleague(x.ZoomUserID)
	list := map[string][]object{"sending": {}, "receiving": {}}
	for i := range p.QoS {
		q := &p.QoS[i]
		if q.Side != side {
			continue
		}
		f := fraction(p.ID, side, q.Direction, strconv.FormatInt(q.TimeMs, 10))
		at := time.UnixMilli(q.TimeMs)
		list[q.Direction] = append(list[q.Direction], object{"date_time", stamp(at), "qos", object{
			"avg_loss", twoDecimals(q.AvgLoss.Value) + "%", "bitrate", twoDecimals(q.Bitrate.Value+f) + "kbps", "jitter", twoDecimals(q.Jitter.Value+f) + "ms",
			"max_loss", twoDecimals(q.MaxLoss.Value) + "%", "mos", oneDecimal(q.MOS.Value), "network_delay", whole(q.NetworkDelay.Value),
		}})
	}
	return object{"device_private_ip", who.PrivateIP, "device_public_ip", who.PublicIP, "receiving", list["receiving"], "sending", list["sending"]}
}
