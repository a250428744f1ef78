package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// one of the words that a parameter may be; absent is the first.
func (c *call) word(name string, words ...string) (string, *apiError) {
	v := c.q.Get(name)
	if v == "" {
		return words[0], nil
	}
	if !slices.Contains(words, v) {
		return "", invalid(name)
	}
	return v, nil
}

// span reads from and to: dates, or date and time where withTime says so. to is included when it is a date. Either missing is
// an error unless missing spans that long until now.
func (c *call) span(missing time.Duration, withTime bool) (from, to time.Time, e *apiError) {
	now := c.s.now()
	read := func(name string, fallback time.Time) (time.Time, bool, *apiError) {
		v := c.q.Get(name)
		if v == "" {
			if missing == 0 {
				return time.Time{}, false, invalid(name)
			}
			return fallback, false, nil
		}
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return t, true, nil
		}
		if t, err := time.Parse(time.DateTime, v); err == nil && withTime {
			return t, false, nil
		}
		return time.Time{}, false, invalid(name)
	}
	from, _, e = read("from", now.Add(-missing).Truncate(24*time.Hour))
	if e != nil {
		return from, to, e
	}
	to, date, e := read("to", now.Add(time.Second))
	if e != nil {
		return from, to, e
	}
	if date {
		to = to.AddDate(0, 0, 1)
	}
	switch {
	case !to.After(from):
		e = invalid("to")
	case to.After(from.AddDate(0, 1, 1)): // a month, both days included
		e = invalid("from")
	}
	return from, to, e
}

// recent reads from and to where both are required and nothing is kept for longer than six months: in the Dashboard's lists.
func (c *call) recent(withTime bool) (from, to time.Time, e *apiError) {
	from, to, e = c.span(0, withTime)
	if e == nil && from.Before(c.s.now().AddDate(0, -6, -1)) {
		e = invalid("from")
	}
	return from, to, e
}

// size reads page_size. What is no number is the default and what is too large the largest, as Zoom does it without a word.
func (c *call) size(normal, most int) int {
	v := c.q.Get("page_size")
	if v == "" {
		return normal
	}
	n, err := strconv.Atoi(v)
	switch {
	case err != nil || n < 1:
		c.warn("page_size is no number above 0: Zoom takes its default")
		return normal
	case n > most:
		c.warn("page_size is above the documented maximum: it is cut to " + strconv.Itoa(most))
		return most
	}
	return n
}

// pageLife is how long a next_page_token can be used.
const pageLife = 15 * time.Minute

// pageState is what a next_page_token holds: it is signed, so that no state is kept and none can be made up.
type pageState struct {
	After string    `json:"a"` // the key of the last item that was given
	Ends  time.Time `json:"e"`
}

// tokenFor makes the token of the page after that key.
func (c *call) tokenFor(after string) string {
	body, err := json.Marshal(pageState{after, c.s.clock().Add(pageLife)})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(c.pageMAC(body), body...))
}

// pageMAC binds a token to the query, the path and this server.
func (c *call) pageMAC(body []byte) []byte {
	q := url.Values{}
	for k, v := range c.q {
		if k != "next_page_token" {
			q[k] = v
		}
	}
	mac := hmac.New(sha256.New, c.s.pageKey)
	for _, part := range []string{c.app.ClientID, c.r.URL.EscapedPath(), q.Encode(), string(body)} {
		mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return mac.Sum(nil)[:12]
}

// after returns the key in next_page_token, "" without one.
func (c *call) after() (string, *apiError) {
	token := c.q.Get("next_page_token")
	if token == "" {
		return "", nil
	}
	expired := fail(http.StatusBadRequest, 300, "The next page token is invalid or expired.")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 12 {
		return "", expired
	}
	var p pageState
	if !hmac.Equal(raw[:12], c.pageMAC(raw[12:])) || json.Unmarshal(raw[12:], &p) != nil || !p.Ends.After(c.s.clock()) {
		return "", expired
	}
	return p.After, nil
}

// pageOf cuts a page from all, whose keys ascend. What came or went since the page before shifts nothing: a page goes on after
// the last key that was given.
func pageOf[T any](c *call, all []T, key func(T) string, normal, most int) (page []T, size int, next string, e *apiError) {
	size = c.size(normal, most)
	after, e := c.after()
	if e != nil {
		return nil, size, "", e
	}
	start := 0
	if after != "" {
		start, _ = slices.BinarySearchFunc(all, after, func(t T, k string) int { return strings.Compare(key(t), k) })
		if start < len(all) && key(all[start]) == after {
			start++
		}
	}
	end := min(len(all), start+size)
	page = all[start:end]
	if end < len(all) {
		next = c.tokenFor(key(page[len(page)-1]))
	}
	return page, size, next, nil
}

// itemsOf cuts a page from all, as pageOf does, and writes its items.
func itemsOf[T any](c *call, all []T, key func(T) string, normal, most int, item func(T) object) (items []object, size int, next string, e *apiError) {
	page, size, next, e := pageOf(c, all, key, normal, most)
	if e != nil {
		return nil, size, "", e
	}
	items = make([]object, 0, len(page))
	for _, t := range page {
		items = append(items, item(t))
	}
	return items, size, next, nil
}

// pages is how many pages there are.
func pages(total, size int) int { return max(1, (total+size-1)/size) }

// sortKey makes a time part of an ascending text key.
func sortKey(t time.Time, id string) string { return t.UTC().Format("20060102150405.000") + " " + id }

// resolve finds the instance that a path names: a number is the latest instance; a UUID that begins with a slash or has two in
// a row must have been encoded twice.
func (c *call) resolve(kind earshot.Kind, id string) (emulator.Instance, *apiError) {
	word := map[earshot.Kind]string{earshot.KindMeeting: "Meeting", earshot.KindWebinar: "Webinar", earshot.KindSession: "Session"}[kind]
	var in emulator.Instance
	var ok bool
	if number, err := strconv.ParseInt(id, 10, 64); err == nil && kind != earshot.KindSession {
		in, ok = c.s.o.History.Latest(number)
	} else {
		if strings.HasPrefix(id, "/") || strings.Contains(id, "//") {
			c.warn("this UUID begins with / or contains //: encode it twice")
			return in, missing(word)
		}
		if twice, err := url.PathUnescape(id); err == nil {
			id = twice
		}
		in, ok = c.s.o.History.Instance(id)
	}
	if !ok || in.Kind != kind || in.Start.IsZero() || !c.ours(in.AccountID) {
		return in, missing(word)
	}
	if !in.Live() && in.End.Before(c.s.now().AddDate(-1, 0, 0)) {
		return in, fail(http.StatusBadRequest, 12702, "Can not access a meeting a year ago.")
	}
	return in, nil
}

// typed resolves and checks that the instance is what type says.
func (c *call) typed(kind earshot.Kind, types ...string) (emulator.Instance, bool, *apiError) {
	typ, e := c.word("type", types...)
	if e != nil {
		return emulator.Instance{}, false, e
	}
	in, e := c.resolve(kind, c.vars[0])
	if e != nil {
		return in, false, e
	}
	live := typ == "live"
	if in.Live() != live {
		c.warn("the meeting exists, but not as type=" + typ + "; the default is live")
		return in, live, unavailable()
	}
	return in, live, nil
}
