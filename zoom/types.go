package zoom

// The types of a QoS entry (QoS.Type). "as" is application or screen sharing, "crc" Zoom's Cloud Room Connector (H.323 and
// SIP rooms), "rwg" its real-time web gateway (clients in a browser).
//
// What "input" and "output" mean is not settled: Zoom's QSS reference says that a meeting's audio_input is what the client
// receives, its Dashboard reference that it is what the participant sends. See the package documentation.
const (
	TypeAudioInput         = "audio_input"
	TypeAudioOutput        = "audio_output"
	TypeVideoInput         = "video_input"
	TypeVideoOutput        = "video_output"
	TypeShareInput         = "as_input"
	TypeShareOutput        = "as_output"
	TypeAudioDeviceFromCRC = "audio_device_from_crc"
	TypeAudioDeviceToCRC   = "audio_device_to_crc"
	TypeVideoDeviceFromCRC = "video_device_from_crc"
	TypeVideoDeviceToCRC   = "video_device_to_crc"
	TypeShareDeviceFromCRC = "as_device_from_crc"
	TypeShareDeviceToCRC   = "as_device_to_crc"
	TypeAudioDeviceFromRWG = "audio_device_from_rwg"
	TypeAudioDeviceToRWG   = "audio_device_to_rwg"
	TypeVideoDeviceFromRWG = "video_device_from_rwg"
	TypeVideoDeviceToRWG   = "video_device_to_rwg"
	TypeShareDeviceFromRWG = "as_device_from_rwg"
	TypeShareDeviceToRWG   = "as_device_to_rwg"
	TypeCPU                = "cpu_usage"
	TypeAudioQuality       = "audio_quality"
	TypeVideoQuality       = "video_quality"
	TypeShareQuality       = "as_quality"
	TypeWiFi               = "wifi_rssi"
	TypeNotification       = "notification"
)

// Types returns the 24 documented types of a QoS entry, in the order of Zoom's reference. Summaries have all but the last.
func Types() []string {
	return []string{
		TypeAudioInput, TypeAudioOutput, TypeVideoInput, TypeVideoOutput, TypeShareInput, TypeShareOutput, TypeCPU,
		TypeAudioDeviceFromCRC, TypeAudioDeviceToCRC, TypeVideoDeviceFromCRC, TypeVideoDeviceToCRC, TypeShareDeviceFromCRC, TypeShareDeviceToCRC,
		TypeAudioDeviceFromRWG, TypeAudioDeviceToRWG, TypeVideoDeviceFromRWG, TypeVideoDeviceToRWG, TypeShareDeviceFromRWG, TypeShareDeviceToRWG,
		TypeAudioQuality, TypeVideoQuality, TypeShareQuality, TypeWiFi, TypeNotification,
	}
}

// typeNames has each documented type under itself, so that reading one allocates nothing. It is read-only.
var typeNames = typeTable()

func typeTable() map[string]string {
	m := make(map[string]string)
	for _, name := range Types() {
		m[name] = name
	}
	return m
}

// streamType reads a type. One that is not documented is kept, and noted as drift.
func (d *Decoder) streamType(key []byte, dst *string) {
	b, _ := d.scalar(key)
	name, ok := typeNames[string(b)]
	if !ok {
		if name = d.interns.get(b); name != "" {
			d.note(string(key), "="+string(cut(b, maxPathKey)))
		}
	}
	*dst = name
}
