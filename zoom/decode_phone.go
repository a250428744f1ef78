package zoom

// callField reads a key of a phone notification's payload.object and tells whether it is one.
func (d *Decoder) callField(key []byte) bool {
	c := &d.ev.Call
	switch string(key) {
	case "call_id":
		d.text(key, &c.ID)
	case "call_start_time":
		d.date(key, &c.StartMs)
	case "ringing_start_time":
		d.date(key, &c.RingingMs)
	case "connected_start_time", "answer_start_time":
		d.date(key, &c.ConnectedMs)
	case "call_end_time":
		d.date(key, &c.EndMs)
	case "caller":
		d.callParty("caller", &c.Caller)
	case "callee":
		d.callParty("callee", &c.Callee)
	case "call_qos":
		d.callQoS()
	case "forwarded_by", "redirect_forwarded_by":
		d.skip()
	default:
		return false
	}
	return true
}

func (d *Decoder) callParty(name string, p *CallParty) {
	*p = CallParty{}
	d.object(name, func(key []byte) {
		switch string(key) {
		case "user_id":
			d.text(key, &p.ZoomUserID)
		case "extension_id":
			d.text(key, &p.ExtensionID)
		case "extension_type":
			d.shared(key, &p.ExtensionType)
		case "extension_number":
			d.text(key, &p.ExtensionNumber)
		case "phone_number":
			d.text(key, &p.PhoneNumber)
		case "device_type":
			d.shared(key, &p.DeviceType)
		case "device_id":
			d.text(key, &p.DeviceID)
		case "connection_type":
			d.shared(key, &p.ConnectionType)
		case "timezone":
			d.shared(key, &p.Timezone)
		default:
			d.unknown(key)
		}
	})
}

// callQoS reads the reports on a call: in real time one side with one direction, in summaries arrays of both. What names
// the side may come after its reports, so it is filled in behind each side.
func (d *Decoder) callQoS() {
	ev := d.ev
	ev.CallQoS = ev.CallQoS[:0]
	var side CallQoS
	var from int
	begin := func() {
		side = CallQoS{}
		from = len(ev.CallQoS)
	}
	end := func() {
		for i := from; i < len(ev.CallQoS); i++ {
			q := &ev.CallQoS[i]
			q.Side, q.UserID, q.Email = side.Side, side.UserID, side.Email
		}
	}
	d.objects("call_qos", func() { end(); begin() }, func(key []byte) {
		switch string(key) {
		case "type":
			d.shared(key, &side.Side)
		case "id", "user_id":
			d.text(key, &side.UserID)
		case "user_email":
			d.text(key, &side.Email)
		case "qos":
			if ev.CallQoS = ev.CallQoS[:from]; from >= MaxEntries {
				d.note("qos", "!many")
				d.skip()
				return
			}
			d.callReports()
		default:
			d.unknown(key)
		}
	})
	end()
}

func (d *Decoder) callReports() {
	ev := d.ev
	var q *CallQoS
	begin := func() { q = grow(&ev.CallQoS) }
	d.objects("qos", begin, func(key []byte) {
		switch string(key) {
		case "date_time":
			d.date(key, &q.TimeMs)
		case "type":
			d.shared(key, &q.Direction)
		case "details":
			d.callDetails(q)
		default:
			d.unknown(key)
		}
	})
}

func (d *Decoder) callDetails(q *CallQoS) {
	q.Network = ""
	q.Bitrate, q.AvgLoss, q.MaxLoss, q.Jitter, q.NetworkDelay, q.MOS =
		Quantity{}, Quantity{}, Quantity{}, Quantity{}, Quantity{}, Quantity{}
	d.object("details", func(key []byte) {
		switch string(key) {
		case "bitrate":
			d.quantity(key, &q.Bitrate, kbps)
		case "avg_loss":
			d.quantity(key, &q.AvgLoss, percent)
		case "max_loss":
			d.quantity(key, &q.MaxLoss, percent)
		case "jitter":
			d.quantity(key, &q.Jitter, millis)
		case "network_delay":
			d.quantity(key, &q.NetworkDelay, millis)
		case "mos":
			d.quantity(key, &q.MOS, score)
		case "network":
			d.shared(key, &q.Network)
		default:
			d.unknown(key)
		}
	})
}

// roomField reads a key of a Zoom Rooms alert's payload.object and tells whether it is one.
func (d *Decoder) roomField(key []byte) bool {
	r := &d.ev.Room
	switch string(key) {
	case "room_name":
		d.text(key, &r.Name)
	case "email":
		d.text(key, &r.Email)
	case "alert_type":
		d.integer(key, &r.AlertType)
	case "alert_kind":
		d.integer(key, &r.AlertKind)
	case "component":
		d.integer(key, &r.Component)
	case "alert_time":
		d.date(key, &r.AlertMs)
	case "calendar_name":
		d.skip()
	default:
		return false
	}
	return true
}
