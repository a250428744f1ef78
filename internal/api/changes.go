package api

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// changeFields are the facts whose change explains a call. What was not known before has not changed: snapshots of one join
// may say more as time goes on. Of an address only that it changed is told; the participant's page says which.
var changeFields = []struct {
	what   string
	value  func(*earshot.DeviceSnapshot) string
	silent bool
}{
	{what: "network", value: func(d *earshot.DeviceSnapshot) string { return d.NetworkType }},
	{what: "connection", value: func(d *earshot.DeviceSnapshot) string { return d.ConnectionType }},
	{what: "address", value: func(d *earshot.DeviceSnapshot) string { return d.PublicIP }, silent: true},
	{what: "data-center", value: func(d *earshot.DeviceSnapshot) string { return d.DataCenter }},
	{what: "microphone", value: func(d *earshot.DeviceSnapshot) string { return d.Microphone }},
	{what: "speaker", value: func(d *earshot.DeviceSnapshot) string { return d.Speaker }},
	{what: "camera", value: func(d *earshot.DeviceSnapshot) string { return d.Camera }},
	{what: "client-version", value: func(d *earshot.DeviceSnapshot) string { return d.ClientVersion }},
}

// changesOf are the changes of network and device within the joins of a meeting, oldest first.
func changesOf(all []join) []Change {
	out := []Change{}
	for i := range all {
		s := all[i].segment
		for _, f := range changeFields {
			before := ""
			for k := range s.Devices {
				d := &s.Devices[k]
				now := f.value(d)
				if now == "" {
					continue
				}
				if before != "" && before != now {
					c := Change{At: d.At.Time(), Segment: s.ID, What: f.what}
					if !f.silent {
						c.From, c.To = before, now
					}
					out = append(out, c)
				}
				before = now
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Segment, b.Segment))
	})
	return out
}
