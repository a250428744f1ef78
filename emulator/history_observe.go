package emulator

import (
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// Observe takes in what [World.Step] has just returned. Call it after every step, with the same world; a nil History
// observes nothing.
func (h *History) Observe(w *World, events []Event) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = w.Now()
	if h.begin.IsZero() {
		h.begin = h.now
		h.meet(w)
	}
	h.look(w)
	for i := range events {
		h.read(events[i].Body)
	}
	h.forget()
}

// meet takes down the people of the world.
func (h *History) meet(w *World) {
	for _, a := range w.people.accounts {
		h.accounts = append(h.accounts, a.id)
	}
	for _, p := range w.people.people {
		public, internal := p.addresses()
		c := Colleague{
			UserID: p.userID, Name: p.name, Email: p.email, Phone: p.phone, PublicIP: public.String(), PrivateIP: internal.String(),
			Device: p.computer.device, Version: p.computer.version, Microphone: p.computer.microphone, Speaker: p.computer.speaker,
			Extension: strconv.Itoa(p.extension),
		}
		if p.office != nil {
			c.Site = p.office.name
		}
		if p.provider != nil {
			c.ISP = p.provider.name
		}
		h.people[p.userID] = c
	}
}

// look takes down who is in which meeting and who shares a screen.
func (h *History) look(w *World) {
	for _, m := range w.meetings {
		in := h.instance(m.head.uuid)
		if in.Start.IsZero() {
			in.Kind, in.AccountID, in.Number, in.Topic = m.head.kind, m.head.account, m.head.number, m.head.topic
			in.SessionKey, in.Timezone, in.Start = m.head.sessionKey, m.head.timezone, m.head.start.Time()
			h.hostIs(in, m.head.hostID)
		}
		if m.head.breakout != "" {
			h.rooms[m.head.breakout] = m.head.uuid
		}
		for _, s := range m.segs {
			x, is := h.member(in, s.who.id)
			if is {
				continue
			}
			x.ParentID, x.BreakoutUUID, x.UUID, x.Name = s.who.parentID, m.head.breakout, s.who.uuid, s.who.name
			x.UserID, x.Email, x.RegistrantID, x.CustomerKey = s.who.userID, s.who.email, s.who.registrant, s.who.customerKey
			x.PhoneNumber, x.Host, x.Joined, x.Room = s.who.phone, s.who.host, s.joined.Time(), s.p.computer.crc
			if !s.phone {
				d := m.dataOf(s, w.now) // those who joined long before have been told to nobody
				x.Data = dataOfEntry(&d)
			}
		}
		if m.parent == nil {
			h.sharing(in, m)
		}
	}
}

// sharing follows who shares a screen, at the resolution of a step.
func (h *History) sharing(in *Instance, m *meeting) {
	sharer := ""
	if m.sharer != nil {
		sharer = m.sharer.who.id
	}
	for _, x := range in.Members {
		open := len(x.Shares) > 0 && x.Shares[len(x.Shares)-1].End.IsZero()
		switch {
		case open && x.ID != sharer:
			x.Shares[len(x.Shares)-1].End = h.now
		case !open && x.ID == sharer:
			x.Shares, x.Share = append(x.Shares, Share{Start: h.now}), true
		}
	}
}

func (h *History) hostIs(in *Instance, id string) {
	if c, ok := h.people[id]; ok {
		in.Host = c
	} else {
		in.Host.UserID = id
	}
}

func (h *History) instance(uuid string) *Instance {
	in := h.instances[uuid]
	if in == nil {
		in = &Instance{UUID: uuid}
		h.instances[uuid] = in
	}
	if in.Number != 0 {
		if old := h.instances[h.latest[in.Number]]; old == nil || !in.Start.Before(old.Start) {
			h.latest[in.Number] = uuid
		}
	}
	return in
}

// member returns somebody in an instance, and whether they were known.
func (h *History) member(in *Instance, id string) (m *Member, known bool) {
	key := memberKey{in.UUID, id}
	if m = h.members[key]; m != nil {
		return m, true
	}
	m = &Member{ID: id}
	h.members[key] = m
	in.Members = append(in.Members, m)
	return m, false
}

// read takes in one notification. What the world itself wrote can be read; a body that cannot is counted and left out.
func (h *History) read(body []byte) {
	if err := h.dec.Decode(body, &h.ev); err != nil {
		h.damaged++
		return
	}
	ev := &h.ev
	if ev.Family == zoom.FamilyPhone {
		h.readPhone(ev)
		return
	}
	uuid := ev.Meeting.UUID
	if main, ok := h.rooms[uuid]; ok {
		uuid = main
	}
	in := h.instances[uuid]
	if in == nil { // over before we began, or forgotten
		return
	}
	switch ev.Class {
	case zoom.ClassEnded:
		h.end(in, ev.Meeting.EndMs)
	case zoom.ClassJoined, zoom.ClassLeft:
		h.readLife(in, ev)
	case zoom.ClassQoS, zoom.ClassQoSSummary, zoom.ClassData, zoom.ClassDataSummary:
		h.readMember(in, ev, body)
	}
}

func (h *History) end(in *Instance, ms int64) {
	if !in.Live() {
		return
	}
	in.End = time.UnixMilli(ms).UTC()
	for _, m := range in.Members {
		if n := len(m.Shares); n > 0 && m.Shares[n-1].End.IsZero() {
			m.Shares[n-1].End = in.End
		}
	}
	h.ended = append(h.ended, in.UUID)
}

func (h *History) readLife(in *Instance, ev *zoom.Event) {
	p := &ev.Participant
	m, known := h.member(in, p.InMeetingID)
	if !known { // came and went between two looks
		m.ParentID, m.BreakoutUUID, m.UUID, m.Name = p.ParentUserID, ev.Meeting.BreakoutRoomUUID, p.UUID, p.Name
		m.UserID, m.Email, m.RegistrantID, m.CustomerKey, m.PhoneNumber = p.ZoomUserID, p.Email, p.RegistrantID, p.CustomerKey, p.PhoneNumber
		m.Joined = time.UnixMilli(p.JoinMs).UTC()
	}
	if ev.Class == zoom.ClassLeft {
		m.Left, m.LeaveReason = time.UnixMilli(p.LeaveMs).UTC(), p.LeaveReason
		if m.Joined.IsZero() || p.JoinMs == 0 && !known {
			m.Joined = m.Left
		}
	}
}

func (h *History) readMember(in *Instance, ev *zoom.Event, body []byte) {
	m := h.members[memberKey{in.UUID, ev.Participant.InMeetingID}]
	if m == nil {
		return
	}
	switch ev.Class {
	case zoom.ClassQoS:
		r := reportOf(ev.QoS)
		for _, s := range r.Streams {
			send := s.Wire == earshot.WireVideoOutput || s.Wire == earshot.WireVideoDeviceFromCRC || s.Wire == earshot.WireVideoDeviceFromRWG
			m.Video = m.Video || send
		}
		for i, score := range r.Scores {
			if score > 0 {
				m.scoreSum[i] += float64(score)
				m.scoreN[i]++
			}
		}
		m.Reports = append(m.Reports, r)
		h.reports++
	case zoom.ClassQoSSummary:
		if m.Summary == nil {
			h.reports += summaryWeight
		}
		m.Summary = body
	default:
		for i := range ev.Data {
			mergeData(&m.Data, &ev.Data[i])
		}
	}
}

func reportOf(entries []zoom.QoS) MinuteReport {
	var r MinuteReport
	for i := range entries {
		q := &entries[i]
		if q.TimeMs != 0 {
			r.At = time.UnixMilli(q.TimeMs).UTC()
		}
		d := &q.Details
		switch w := earshot.ParseWire(q.Type); {
		case w.IsStream() && d.Bitrate.Present:
			r.Streams = append(r.Streams, StreamReport{
				Wire: w, Kbps: float32(d.Bitrate.Value), LatencyMs: float32(d.Latency.Value), JitterMs: float32(d.Jitter.Value),
				FPS: float32(d.FrameRate.Value), AvgLossPercent: float32(d.AvgLoss.Value), MaxLossPercent: float32(d.MaxLoss.Value),
				Width: int(d.Width.Value), Height: int(d.Height.Value),
			})
		case w == earshot.WireCPUUsage:
			r.CPU = &CPUReport{
				ZoomMin: float32(d.ZoomMinCPU.Value), ZoomAvg: float32(d.ZoomAvgCPU.Value), ZoomMax: float32(d.ZoomMaxCPU.Value),
				SystemMax: float32(d.SystemMaxCPU.Value), Pressure: [3]zoom.Level{d.MinPressure, d.AvgPressure, d.MaxPressure},
			}
		case w >= earshot.WireAudioQuality && w <= earshot.WireASQuality:
			r.Scores[w-earshot.WireAudioQuality] = float32(d.QualityScore.Value)
		case w == earshot.WireWifiRSSI && d.AvgRSSI.Present:
			r.RSSI = &[3]int{int(d.MinRSSI.Value), int(d.AvgRSSI.Value), int(d.MaxRSSI.Value)}
		}
	}
	return r
}

func dataOfEntry(d *dataEntry) zoom.Data {
	return zoom.Data{
		Device: d.device, DeviceDetail: d.detail, Client: d.client, Version: d.version, Location: d.location, NetworkType: d.networkType,
		ConnectionType: d.connectionType, DataCenter: d.dataCentre, Microphone: d.microphone, Speaker: d.speaker, Camera: d.camera,
		PCName: d.pcName, Domain: d.domain, MAC: d.mac, DiskID: d.disk, SignalingIP: d.public, SignalingInternalIP: d.internal,
	}
}

// mergeData overwrites what the newer entry says.
func mergeData(old, d *zoom.Data) {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&old.Device, d.Device}, {&old.DeviceDetail, d.DeviceDetail}, {&old.Client, d.Client}, {&old.Version, d.Version},
		{&old.Location, d.Location}, {&old.NetworkType, d.NetworkType}, {&old.ConnectionType, d.ConnectionType},
		{&old.DataCenter, d.DataCenter}, {&old.Microphone, d.Microphone}, {&old.Speaker, d.Speaker}, {&old.Camera, d.Camera},
		{&old.PCName, d.PCName}, {&old.Domain, d.Domain}, {&old.MAC, d.MAC}, {&old.DiskID, d.DiskID},
		{&old.SignalingIP, d.SignalingIP}, {&old.SignalingInternalIP, d.SignalingInternalIP},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
}

func (h *History) readPhone(ev *zoom.Event) {
	c := h.calls[ev.Call.ID]
	if c == nil {
		if ev.Class != zoom.ClassPhoneRinging {
			return // it began before we did
		}
		c = &PhoneCall{ID: ev.Call.ID, AccountID: ev.AccountID}
		h.calls[c.ID] = c
	}
	instant := func(to *time.Time, ms int64) {
		if ms != 0 {
			*to = time.UnixMilli(ms).UTC()
		}
	}
	switch ev.Class {
	case zoom.ClassPhoneRinging, zoom.ClassPhoneConnect, zoom.ClassPhoneEnded:
		instant(&c.Ringing, ev.Call.RingingMs)
		instant(&c.Answered, ev.Call.ConnectedMs)
		if c.Ended.IsZero() && ev.Call.EndMs != 0 {
			instant(&c.Ended, ev.Call.EndMs)
			h.callsDone = append(h.callsDone, c.ID)
		}
		// Either party is told in full only by the events that carry its name.
		if callerTells := strings.HasPrefix(ev.Name, "phone.caller_"); callerTells || c.Caller.PhoneNumber == "" {
			c.Caller = ev.Call.Caller
		}
		if calleeTells := strings.HasPrefix(ev.Name, "phone.callee_"); calleeTells || c.Callee.PhoneNumber == "" {
			c.Callee = ev.Call.Callee
		}
	case zoom.ClassPhoneQoS:
		c.QoS = append(c.QoS, ev.CallQoS...)
	}
}
