package earshot

// StreamSlot indexes the grades of a minute: one slot per medium and direction, and one each for the computer and the radio.
type StreamSlot uint8

// The slots. The numbers are stored; never renumber.
const (
	SlotAudioSend    StreamSlot = 0
	SlotAudioReceive StreamSlot = 1
	SlotVideoSend    StreamSlot = 2
	SlotVideoReceive StreamSlot = 3
	SlotShareSend    StreamSlot = 4
	SlotShareReceive StreamSlot = 5
	SlotCPU          StreamSlot = 6
	SlotWifi         StreamSlot = 7

	SlotCount = 8
)

var slotNames = [SlotCount]string{"audio_send", "audio_receive", "video_send", "video_receive", "share_send", "share_receive", "cpu", "wifi"}

// String returns the slot's name, as it stands in columns and in the API.
func (s StreamSlot) String() string { return nameOf(slotNames[:], uint8(s)) }

// SlotOf returns the slot of a medium and direction, false for what has none.
func SlotOf(m Media, d Direction) (StreamSlot, bool) {
	if m == MediaNone || d == DirectionNone {
		return 0, false
	}
	return StreamSlot((m-1)*2) + StreamSlot(d-1), true
}

// Dimensions are the facts about a segment that are not personal and that people group by. They are copied into every fact
// row. An empty string is unknown.
type Dimensions struct {
	Site          ID     // 0: unknown
	NetworkType   string // as Zoom spells it: Wired, Wifi, Cellular
	DataCenter    string // as Zoom spells it
	ClientVersion string
	DeviceClass   string // as Zoom spells it: Windows, Mac, iOS
	ISP           string
	Transport     string // connection_type, as Zoom spells it: UDP, TCP, SSL
}

// Minute is one participant-minute, graded: the unit of every rate, target and report. (Segment, At) is its key. It
// exists for every minute in which the segment reported anything.
type Minute struct {
	Segment ID
	Meeting ID
	Person  ID
	Account ID
	At      Instant // the minute's start, UTC
	Kind    Kind
	Dimensions

	Grade  Grade
	Why    Why // set when Grade is Unclassified
	Reason Reason
	Slots  [SlotCount]Grade
	// Spike is set when a stream's greatest loss went far beyond its average: a burst that the average hides.
	Spike bool
	// Reports is how many distinct date_times the minute holds.
	Reports uint8

	// Zoom's own verdicts in the same minute, Unclassified where Zoom gave none.
	ZoomAudio, ZoomVideo, ZoomShare Grade

	// Verdict says what made a poor or bad minute so; the zero Verdict for all others.
	Verdict Verdict
}

// MinuteKey identifies a minute.
type MinuteKey struct {
	Segment ID
	At      Instant
}

// Key returns the minute's key.
func (m *Minute) Key() MinuteKey { return MinuteKey{m.Segment, m.At} }

// GradeCounts counts participant-minutes, or people, by grade: index it with a [Grade].
type GradeCounts [5]int

// Add counts one grade.
func (c *GradeCounts) Add(g Grade) {
	if int(g) < len(c) {
		c[g]++
	}
}

// Classified returns how many have a verdict.
func (c *GradeCounts) Classified() int { return c[Good] + c[Fair] + c[Poor] + c[Bad] }

// Worst returns the worst grade that was counted, Unclassified for none.
func (c *GradeCounts) Worst() Grade {
	for g := Bad; g > Unclassified; g-- {
		if c[g] > 0 {
			return g
		}
	}
	return Unclassified
}
