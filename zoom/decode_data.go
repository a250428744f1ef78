package zoom

// data reads the entries of a participant's data: an array, or the single object of Zoom's beta.
func (d *Decoder) data() {
	ev := d.ev
	ev.Data = ev.Data[:0]
	var e *Data
	begin := func() { e = grow(&ev.Data) }
	d.objects("data", begin, func(key []byte) {
		if dst := e.shared(key); dst != nil {
			d.shared(key, dst)
			return
		}
		if dst := e.own(key); dst != nil {
			d.text(key, dst)
			return
		}
		if string(key) == "Location" { // the deprecated double of location, which wins
			var s string
			if d.shared(key, &s); e.Location == "" {
				e.Location = s
			}
			return
		}
		d.unknown(key)
	})
}

// shared returns the field for a key whose values many computers have in common; nil if there is none.
func (e *Data) shared(key []byte) *string {
	switch string(key) {
	case "device":
		return &e.Device
	case "device_detail":
		return &e.DeviceDetail
	case "client":
		return &e.Client
	case "version":
		return &e.Version
	case "location":
		return &e.Location
	case "network_type":
		return &e.NetworkType
	case "connection_type":
		return &e.ConnectionType
	case "data_center":
		return &e.DataCenter
	case "microphone":
		return &e.Microphone
	case "speaker":
		return &e.Speaker
	case "camera":
		return &e.Camera
	case "domain":
		return &e.Domain
	case "destination_ip_domain":
		return &e.DestinationDomain
	case "destination_ip_port":
		return &e.DestinationPort
	}
	return nil
}

// own returns the field for a key whose values belong to one computer; nil if there is none.
func (e *Data) own(key []byte) *string {
	switch string(key) {
	case "pc_name":
		return &e.PCName
	case "mac_addr":
		return &e.MAC
	case "harddisk_id":
		return &e.DiskID
	case "signaling_ip_address":
		return &e.SignalingIP
	case "signaling_internal_ip_address":
		return &e.SignalingInternalIP
	case "signaling_internal_ip_port":
		return &e.SignalingInternalPort
	case "audio_internal_ip_address":
		return &e.AudioInternalIP
	case "audio_internal_ip_port":
		return &e.AudioInternalPort
	case "video_internal_ip_address":
		return &e.VideoInternalIP
	case "video_internal_ip_port":
		return &e.VideoInternalPort
	case "as_internal_ip_address":
		return &e.ShareInternalIP
	case "as_internal_ip_port":
		return &e.ShareInternalPort
	}
	return nil
}
