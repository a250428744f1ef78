package rest

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

func TestPagesGiveEverythingOnce(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return !in.Live() && len(in.Members) > 12 })
	path := "/v2/metrics/meetings/" + twice(in.UUID) + "/participants"
	for _, size := range []string{"", "1", "3", "5", "30"} {
		var got []string
		for _, m := range c.all(path+"?type=past&page_size="+size, "participants") {
			got = append(got, m["user_id"].(string))
		}
		var want []string
		for _, m := range membersOf(&in) {
			want = append(want, m.ID)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("page_size %q (-want +got):\n%s", size, d)
		}
	}
	if got := len(c.get(path + "/qos?type=past")["participants"].([]any)); got != 1 {
		t.Errorf("qos gives %d participants by default, want 1", got)
	}
	if got := c.get(path + "/qos?type=past&page_size=50"); len(got["participants"].([]any)) != 10 || got["page_size"] != 10. {
		t.Errorf("qos with page_size 50: %v participants, page_size %v, want 10", len(got["participants"].([]any)), got["page_size"])
	}
}

func TestPageTokensEndAndBelongToTheirQuery(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, ended)
	path := "/v2/metrics/meetings/" + twice(in.UUID) + "/participants?type=past&page_size=1"
	token := "&next_page_token=" + c.get(path)["next_page_token"].(string)
	const message = "The next page token is invalid or expired."
	c.refused(path+"&include_fields=registrant_id"+token, 400, 300, message)
	c.refused(path+"&next_page_token=abc", 400, 300, message)
	c.clock.pass(15*time.Minute - time.Second)
	c.get(path + token)
	c.clock.pass(time.Second)
	c.refused(path+token, 400, 300, message)
}

func TestUUIDsNeedEncodingTwice(t *testing.T) {
	c := connect(t, nil)
	bad := func(in *emulator.Instance) bool {
		return !in.Live() && (strings.HasPrefix(in.UUID, "/") || strings.Contains(in.UUID, "//"))
	}
	plain := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return !in.Live() && !bad(in) })
	for _, id := range []string{once(plain.UUID), twice(plain.UUID)} {
		if got := c.get("/v2/metrics/meetings/" + id + "?type=past")["uuid"]; got != plain.UUID {
			t.Errorf("%s is %v, want %s", id, got, plain.UUID)
		}
	}
	slash := connect(t, func(o *Options) { o.History = aged().history })
	if got := slash.get("/v2/metrics/meetings/" + twice(aged().slashed))["uuid"]; got != aged().slashed {
		t.Errorf("%v, want %s", got, aged().slashed)
	}
	slash.refused("/v2/metrics/meetings/"+once(aged().slashed), 404, 3001, "Meeting does not exist.")
	if !strings.Contains(slash.log.String(), "encode it twice") {
		t.Errorf("the log does not say what to do: %s", slash.log)
	}
}

func TestNumberIsTheLatestInstance(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return in.Live() })
	if got := c.get("/v2/metrics/meetings/" + numberOf(&in))["uuid"]; got != in.UUID {
		t.Errorf("meeting %d is %v, want %s", in.Number, got, in.UUID)
	}
	c.refused("/v2/metrics/meetings/"+numberOf(&in)+"?type=past", 404, 3001, "This meeting's detail info is not available.")
	c.refused("/v2/metrics/meetings/12345", 404, 3001, "Meeting does not exist.")
}

func TestSpans(t *testing.T) {
	c := connect(t, nil)
	for query, field := range map[string]string{
		"": "from", "from=2026-11-12": "to", "from=2026-11-12&to=2026-11-11": "to", "from=2026-09-01&to=2026-11-12": "from",
		"from=2026-04-01&to=2026-04-20": "from", "from=12.11.2026&to=2026-11-12": "from", days + "&type=future": "type",
	} {
		w := c.do("GET", "/v2/metrics/meetings?"+query, "")
		var e apiError
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code != 300 || len(e.Errors) != 1 || e.Errors[0].Field != field {
			t.Errorf("%q: %d %s, want 300 about %s", query, w.Code, w.Body, field)
		}
	}
	c.get("/v2/metrics/meetings?type=past&from=" + url.QueryEscape("2026-11-12 09:00:00") + "&to=" + url.QueryEscape("2026-11-12 09:30:00"))
}
