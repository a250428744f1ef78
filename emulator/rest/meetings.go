package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// handler is what a route calls.
type handler = func(*call) (int, any, *apiError)

// instances answers GET /metrics/meetings and /metrics/webinars.
func instances(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		types := []string{"live", "past", "pastOne"}
		if kind == earshot.KindWebinar {
			types = types[:2]
		}
		typ, e := c.word("type", types...)
		if e != nil {
			return 0, nil, e
		}
		by, e := c.word("query_date_type", "start_time", "end_time")
		if e != nil {
			return 0, nil, e
		}
		if by == "end_time" && (typ == "live" || !c.s.o.QueryByEndTime) {
			return 0, nil, fail(http.StatusBadRequest, 12700, "This account cannot query meetings by `end_time`.")
		}
		from, to, e := c.recent(true)
		if e != nil {
			return 0, nil, e
		}
		all := c.instancesOf(kind, typ, by, from, to)
		items, size, next, e := c.instancePage(all, c.instanceItem)
		if e != nil {
			return 0, nil, e
		}
		return http.StatusOK, object{
			"from", c.q.Get("from"), "to", c.q.Get("to"), "next_page_token", next, "page_count", pages(len(all), size), "page_size", size,
			"total_records", len(all), kind.String() + "s", items,
		}, nil
	}
}

func instanceKey(k emulator.InstanceKey) string { return sortKey(k.Start, k.UUID) }

// instancePage cuts a page from all and writes its items; one that was forgotten meanwhile is left out.
func (c *call) instancePage(all []emulator.InstanceKey, item func(*emulator.Instance) object) (items []object, size int, next string, e *apiError) {
	page, size, next, e := pageOf(c, all, instanceKey, 30, 300)
	if e != nil {
		return nil, size, "", e
	}
	items = make([]object, 0, len(page))
	for _, k := range page {
		if in, ok := c.s.o.History.Instance(k.UUID); ok {
			items = append(items, item(&in))
		}
	}
	return items, size, next, nil
}

// instancesOf lists what a query asks for. past has the meetings of several people, pastOne those of one, as the Dashboard's
// two tabs do.
func (c *call) instancesOf(kind earshot.Kind, typ, by string, from, to time.Time) []emulator.InstanceKey {
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	return c.s.o.History.Select(kind, func(in *emulator.Instance) bool {
		switch {
		case !c.ours(in.AccountID):
			return false
		case typ == "live" || in.Live():
			return typ == "live" && in.Live()
		case by == "end_time" && !within(in.End), by != "end_time" && !within(in.Start):
			return false
		}
		return kind != earshot.KindMeeting || (people(in) == 1) == (typ == "pastOne")
	})
}

// people counts persons, not joins: an account's user or a guest's name once.
func people(in *emulator.Instance) int {
	seen := map[string]bool{}
	for _, m := range in.Members {
		seen[m.UserID+"\x00"+m.Name] = true
	}
	return len(seen)
}

// traits are what an instance's participants did.
type traits struct{ pstn, share, sip, video, voip bool }

func traitsOf(in *emulator.Instance) (t traits) {
	for _, m := range in.Members {
		t.pstn = t.pstn || m.PhoneNumber != ""
		t.voip = t.voip || m.PhoneNumber == ""
		t.share = t.share || m.Share
		t.sip = t.sip || m.Room
		t.video = t.video || m.Video
	}
	return t
}

// participants is the number in the item: who is there now, or all joins of a past one.
func participants(in *emulator.Instance) int {
	n := 0
	for _, m := range in.Members {
		if !in.Live() || m.Left.IsZero() {
			n++
		}
	}
	return n
}

// length is how long an instance has lasted.
func (c *call) length(in *emulator.Instance) time.Duration {
	if in.Live() {
		return c.s.now().Sub(in.Start)
	}
	return in.End.Sub(in.Start)
}

// siteOf is where the host works: the office, or "Home" for those who have none.
func siteOf(in *emulator.Instance) string {
	if in.Host.Site == "" {
		return "Home"
	}
	return in.Host.Site
}

func customKeys(in *emulator.Instance) []object {
	return []object{{"key", "Site", "value", siteOf(in)}}
}

// instanceItem is one element of meetings or webinars.
func (c *call) instanceItem(in *emulator.Instance) object {
	t, meeting := traitsOf(in), in.Kind == earshot.KindMeeting
	tracking := meeting && strings.Contains(c.q.Get("include_fields"), "tracking_fields")
	return object{
		"host", in.Host.Name, "audio_quality", instanceQuality(in, 0), "custom_keys", customKeys(in), "dept", "", "duration", duration(c.length(in)),
		"email", in.Host.Email, "end_time", when(!in.Live(), stamp(in.End)),
		"has_3rd_party_audio", false, "has_archiving", false, "has_pstn", t.pstn, "has_recording", false, "has_screen_share", t.share,
		"has_sip", t.sip, "has_video", t.video, "has_voip", t.voip, "has_manual_captions", false, "has_automated_captions", false,
		"id", in.Number, "participants", participants(in), "screen_share_quality", instanceQuality(in, 2),
		"session_key", when(meeting, ""), "start_time", stamp(in.Start), "topic", in.Topic,
		"tracking_fields", when(tracking, []object{{"field", "Site", "value", siteOf(in)}}),
		"user_type", "Licensed", "uuid", in.UUID, "video_quality", instanceQuality(in, 1), "has_poll", false, "has_qa", when(meeting, false),
		"has_survey", false, "avg_jointime_cost", when(meeting, joinCost(in.UUID)),
	}
}

// instance answers GET /metrics/meetings/{id} and /metrics/webinars/{id}.
func instance(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		in, _, e := c.typed(kind, typesOf(kind)...)
		if e != nil {
			return 0, nil, e
		}
		t, meeting := traitsOf(&in), kind == earshot.KindMeeting
		return http.StatusOK, object{
			"host", in.Host.Name, "audio_quality", when(!meeting, instanceQuality(&in, 0)), "custom_keys", customKeys(&in), "dept", "",
			"duration", duration(c.length(&in)), "email", in.Host.Email, "end_time", when(!in.Live(), stamp(in.End)),
			"has_3rd_party_audio", false, "has_archiving", false, "has_pstn", t.pstn, "has_recording", false, "has_screen_share", t.share,
			"has_sip", t.sip, "has_video", t.video, "has_voip", t.voip, "has_manual_captions", false, "has_automated_captions", false,
			"id", in.Number, "participants", participants(&in), "screen_share_quality", when(!meeting, instanceQuality(&in, 2)),
			"start_time", stamp(in.Start), "topic", in.Topic, "user_type", "Licensed", "uuid", in.UUID,
			"video_quality", when(!meeting, instanceQuality(&in, 1)), "has_poll", false, "has_qa", when(meeting, false), "has_survey", false,
			"avg_jointime_cost", when(meeting, joinCost(in.UUID)), "in_room_participants", when(meeting, 0), "has_meeting_summary", when(meeting, false),
		}, nil
	}
}

// typesOf are the types of an instance's own routes; the first is the default.
func typesOf(kind earshot.Kind) []string {
	if kind == earshot.KindMeeting {
		return []string{"live", "past", "pastOne"}
	}
	return []string{"live", "past"}
}

// joinCost is how many seconds joining took: from 2 to 6, made up.
func joinCost(parts ...string) float64 {
	v, err := strconv.ParseFloat(decimals(2+4*fraction(parts...)), 64)
	if err != nil {
		return 4
	}
	return v
}

// word is the name of a score: https://developers.zoom.us/docs/api/ (metrics/quality).
func scoreWord(score float64) string {
	switch {
	case score >= 4:
		return "good"
	case score >= 3:
		return "fair"
	case score >= 2:
		return "poor"
	}
	return "bad"
}

func memberQuality(m *emulator.Member, medium int) string {
	if score, ok := m.Score(medium); ok {
		return scoreWord(score)
	}
	return ""
}

// instanceQuality is the word for the average of the participants.
func instanceQuality(in *emulator.Instance, medium int) string {
	var sum float64
	n := 0
	for _, m := range in.Members {
		if score, ok := m.Score(medium); ok {
			sum += score
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return scoreWord(sum / float64(n))
}

// quality answers GET /metrics/quality.
func quality(c *call) (int, any, *apiError) {
	typ, e := c.word("type", "meeting", "participants")
	if e != nil {
		return 0, nil, e
	}
	from, to, e := c.recent(false)
	if e != nil {
		return 0, nil, e
	}
	var counts [3]map[string]int
	for i := range counts {
		counts[i] = map[string]int{}
	}
	c.s.o.History.Select(earshot.KindMeeting, func(in *emulator.Instance) bool {
		if !c.ours(in.AccountID) || in.Live() || in.Start.Before(from) || !in.Start.Before(to) {
			return false
		}
		for i := range counts {
			if typ == "meeting" {
				counts[i][instanceQuality(in, i)]++
				continue
			}
			for _, m := range in.Members {
				counts[i][memberQuality(m, i)]++
			}
		}
		return false // counted, not wanted
	})
	four := func(n map[string]int) object {
		return object{"bad", n["bad"], "fair", n["fair"], "good", n["good"], "poor", n["poor"]}
	}
	return http.StatusOK, object{
		"from", c.q.Get("from"), "quality", object{"audio", four(counts[0]), "screen_share", four(counts[2]), "video", four(counts[1])}, "to", c.q.Get("to"),
	}, nil
}
