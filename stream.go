package earshot

import "fmt"

// Media is what a stream carries.
type Media uint8

// The media. The numbers are stored; never renumber.
const (
	MediaNone  Media = 0
	MediaAudio Media = 1
	MediaVideo Media = 2
	MediaShare Media = 3
)

var mediaNames = [...]string{"", "audio", "video", "share"}

// String returns "audio", "video", "share" or "".
func (m Media) String() string { return nameOf(mediaNames[:], uint8(m)) }

// MarshalText implements encoding.TextMarshaler.
func (m Media) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Direction is which way a stream runs, seen from the participant. It is derived from the wire's type by a mapping
// per account and medium, because Zoom's documents contradict each other on what "input" means.
type Direction uint8

// The directions. The numbers are stored; never renumber.
const (
	DirectionNone    Direction = 0
	DirectionSend    Direction = 1
	DirectionReceive Direction = 2
)

var directionNames = [...]string{"", "send", "receive"}

// String returns "send", "receive" or "".
func (d Direction) String() string { return nameOf(directionNames[:], uint8(d)) }

// MarshalText implements encoding.TextMarshaler.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Peer is the other end of a stream: an ordinary client, a room system over the Cloud Room Connector, or a browser over
// the real-time web gateway.
type Peer uint8

// The peers. The numbers are stored; never renumber.
const (
	PeerNone   Peer = 0
	PeerClient Peer = 1
	PeerCRC    Peer = 2
	PeerRWG    Peer = 3
)

var peerNames = [...]string{"", "client", "crc", "rwg"}

// String returns "client", "crc", "rwg" or "".
func (p Peer) String() string { return nameOf(peerNames[:], uint8(p)) }

// MarshalText implements encoding.TextMarshaler.
func (p Peer) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Wire is the type that Zoom wrote on a QoS entry ("audio_input", "as_device_from_crc", "cpu_usage"). Samples keep the
// wire's own type, so that a change of mind about directions can be replayed over history.
type Wire uint8

// The 24 documented types, and one for all that are not (their raw event stays in the journal and counts as drift). The
// numbers are stored; never renumber.
const (
	WireOther              Wire = 0
	WireAudioInput         Wire = 1
	WireAudioOutput        Wire = 2
	WireVideoInput         Wire = 3
	WireVideoOutput        Wire = 4
	WireASInput            Wire = 5
	WireASOutput           Wire = 6
	WireAudioDeviceFromCRC Wire = 7
	WireAudioDeviceToCRC   Wire = 8
	WireVideoDeviceFromCRC Wire = 9
	WireVideoDeviceToCRC   Wire = 10
	WireASDeviceFromCRC    Wire = 11
	WireASDeviceToCRC      Wire = 12
	WireAudioDeviceFromRWG Wire = 13
	WireAudioDeviceToRWG   Wire = 14
	WireVideoDeviceFromRWG Wire = 15
	WireVideoDeviceToRWG   Wire = 16
	WireASDeviceFromRWG    Wire = 17
	WireASDeviceToRWG      Wire = 18
	WireCPUUsage           Wire = 19
	WireAudioQuality       Wire = 20
	WireVideoQuality       Wire = 21
	WireASQuality          Wire = 22
	WireWifiRSSI           Wire = 23
	WireNotification       Wire = 24

	WireCount = 25
)

var wireNames = [WireCount]string{
	"", "audio_input", "audio_output", "video_input", "video_output", "as_input", "as_output",
	"audio_device_from_crc", "audio_device_to_crc", "video_device_from_crc", "video_device_to_crc", "as_device_from_crc", "as_device_to_crc",
	"audio_device_from_rwg", "audio_device_to_rwg", "video_device_from_rwg", "video_device_to_rwg", "as_device_from_rwg", "as_device_to_rwg",
	"cpu_usage", "audio_quality", "video_quality", "as_quality", "wifi_rssi", "notification",
}

// String returns Zoom's spelling; WireOther is "".
func (w Wire) String() string { return nameOf(wireNames[:], uint8(w)) }

// MarshalText implements encoding.TextMarshaler.
func (w Wire) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// ParseWire returns the type with Zoom's spelling s, or WireOther.
func ParseWire(s string) Wire {
	for i := 1; i < len(wireNames); i++ {
		if wireNames[i] == s {
			return Wire(i)
		}
	}
	return WireOther
}

// Media returns what the type is about; audio_quality is about audio. cpu_usage, wifi_rssi and notification are about none.
func (w Wire) Media() Media {
	switch w {
	case WireAudioInput, WireAudioOutput, WireAudioDeviceFromCRC, WireAudioDeviceToCRC, WireAudioDeviceFromRWG, WireAudioDeviceToRWG, WireAudioQuality:
		return MediaAudio
	case WireVideoInput, WireVideoOutput, WireVideoDeviceFromCRC, WireVideoDeviceToCRC, WireVideoDeviceFromRWG, WireVideoDeviceToRWG, WireVideoQuality:
		return MediaVideo
	case WireASInput, WireASOutput, WireASDeviceFromCRC, WireASDeviceToCRC, WireASDeviceFromRWG, WireASDeviceToRWG, WireASQuality:
		return MediaShare
	}
	return MediaNone
}

// Peer returns the other end, PeerNone for what is no stream.
func (w Wire) Peer() Peer {
	switch {
	case w >= WireAudioInput && w <= WireASOutput:
		return PeerClient
	case w >= WireAudioDeviceFromCRC && w <= WireASDeviceToCRC:
		return PeerCRC
	case w >= WireAudioDeviceFromRWG && w <= WireASDeviceToRWG:
		return PeerRWG
	}
	return PeerNone
}

// IsInput reports whether the type is one of the three *_input types.
func (w Wire) IsInput() bool { return w == WireAudioInput || w == WireVideoInput || w == WireASInput }

// IsStream reports whether the type describes a media stream with a direction.
func (w Wire) IsStream() bool { return w.Peer() != PeerNone }

// InputMeaning says which way the *_input types of audio and video run in one account. Sharing is fixed (as_input = send),
// and so are *_from_* (send) and *_to_* (receive), on which all of Zoom's documents agree.
type InputMeaning uint8

// The meanings. The numbers are stored; never renumber.
const (
	// InputReceived is the wording of the QSS reference for meetings ("received by the client") and the default.
	InputReceived InputMeaning = 0
	// InputSent is the wording of the webinar, Video SDK and Dashboard references.
	InputSent InputMeaning = 1
)

// Direction applies the meaning to a wire type. What is no stream has DirectionNone.
func (m InputMeaning) Direction(w Wire) Direction {
	switch w {
	case WireASInput:
		return DirectionSend
	case WireASOutput:
		return DirectionReceive
	case WireAudioInput, WireVideoInput:
		if m == InputSent {
			return DirectionSend
		}
		return DirectionReceive
	case WireAudioOutput, WireVideoOutput:
		if m == InputSent {
			return DirectionReceive
		}
		return DirectionSend
	}
	if w < WireAudioDeviceFromCRC || w > WireASDeviceToRWG {
		return DirectionNone
	}
	if (w-WireAudioDeviceFromCRC)%2 == 0 {
		return DirectionSend
	}
	return DirectionReceive
}

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}
