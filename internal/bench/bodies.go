package main

import (
	"fmt"
	"time"
)

// qosBodies returns n distinct meeting.participant_qos events of about 1.6 kB with seven entries each: people people in
// meetings of ten report in turn, and each round is the next minute.
func qosBodies(n, people int, start time.Time) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		person, round := i%people, i/people
		out[i] = qosBody(person, start.Add(time.Duration(round)*time.Minute), i)
	}
	return out
}

// qosBody is one participant's report. Values vary a little, as in life, and now and then one is bad.
func qosBody(person int, at time.Time, n int) []byte {
	when := at.Add(time.Duration(person%50) * time.Second).UTC()
	v := func(base, spread, k int) int { return base + (n*7919+k*104729)%spread }
	loss := func(k int) string { return fmt.Sprintf("%d.%d%%", (n*31+k)%97/90*((n+k)%12), (n*13+k)%7) }
	b := fmt.Appendf(make([]byte, 0, 1800), `{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"q7Rk2mVxTDyLw0PbN4sHgA","object":{"uuid":"%022d==","participant":{"user_id":"%d","participant_user_id":"oP4sJd9_TfGk7uH%07d","email":"person.%d@example.com","qos":[`,
		when.UnixMilli()+1800, person/10, 16777216+1024*(person%10+1), person, person)
	for k, kind := range []string{"audio_input", "audio_output", "video_input", "video_output"} {
		b = fmt.Appendf(b, `{"date_time":"%s","type":"%s","details":{"bitrate":"%d kbps","latency":"%d ms","jitter":"%d ms","avg_loss":"%s","max_loss":"%s"`,
			when.Format(time.RFC3339), kind, v(60+900*(k/2), 300, k), v(30, 40, k+1), v(2, 12, k+2), loss(k), loss(k+9))
		if k >= 2 {
			b = fmt.Appendf(b, `,"resolution":"1280*720","frame_rate":"%d fps"`, v(22, 8, k))
		}
		b = append(b, "}},"...)
	}
	for _, kind := range []string{"as_input", "as_output"} {
		b = fmt.Appendf(b, `{"date_time":"%s","type":"%s","details":{"bitrate":"","latency":"","jitter":"","avg_loss":"","max_loss":"","resolution":"","frame_rate":""}},`,
			when.Format(time.RFC3339), kind)
	}
	return fmt.Appendf(b, `{"date_time":"%s","type":"cpu_usage","details":{"zoom_min_cpu_usage":"%d%%","zoom_avg_cpu_usage":"%d%%","zoom_max_cpu_usage":"%d%%","system_max_cpu_usage":"%d%%"}}]}}}}`,
		when.Format(time.RFC3339), v(2, 4, 1), v(6, 6, 2), v(12, 10, 3), v(25, 60, 4))
}
