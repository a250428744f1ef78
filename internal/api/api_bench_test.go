package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// BenchmarkReads asks an API that follows a thousand meetings of ten people.
func BenchmarkReads(b *testing.B) {
	w := newWorld(b).fill(b)
	for m := range 1000 {
		u := live.Update{Watermark: noon}
		id := earshot.ID(0x10000 + m)
		u.Meetings = []earshot.Meeting{{ID: id, Account: account, Topic: fmt.Sprint("Meeting ", m), Start: at(-30), FirstSeen: at(-30), LastSeen: noon}}
		for p := range 10 {
			sid := earshot.ID(0x100000 + 10*m + p)
			u.Segments = append(u.Segments, live.Segment{Segment: earshot.Segment{ID: sid, Meeting: id, Person: sid, Join: at(-30), FirstReport: at(-30)}, PersonName: fmt.Sprint("Person ", p)})
			for k := -25; k < 0; k++ {
				u.Minutes = append(u.Minutes, live.Minute{Minute: minute(sid, id, sid, k, earshot.Grade(1+(p+k+m)%4&3)), Open: k > -4})
			}
		}
		w.live.Apply(u)
	}
	for name, path := range map[string]string{
		"live50":  "/api/v1/meetings?limit=50",
		"live500": "/api/v1/meetings?limit=500",
		"search":  "/api/v1/meetings?q=person+7&limit=50",
		"detail":  "/api/v1/meetings/" + townHall.String(),
		"past":    "/api/v1/meetings?state=past",
		"series":  "/api/v1/segments/" + annTownHall.String() + "/series",
	} {
		b.Run(name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				res := httptest.NewRecorder()
				w.Handler().ServeHTTP(res, httptest.NewRequest(http.MethodGet, path, nil))
				if res.Code != http.StatusOK {
					b.Fatal(res.Body.String())
				}
				size = res.Body.Len()
			}
			b.ReportMetric(float64(size), "bytes/answer")
		})
	}
}
