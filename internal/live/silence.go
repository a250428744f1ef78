package live

import "github.com/earshot/earshot"

// silenced returns how many meetings Zoom's silence cut off, 0 while Zoom sends.
func (s *State) silenced() int {
	if s.lastEvent == 0 || s.watermark-s.lastEvent < earshot.Silence {
		return 0
	}
	return s.cutOff
}

// cutOffMeetings counts the meetings about which more should come after the newest event: Zoom said that they began and not that
// they ended, and somebody in them was being reported. Without a word of the beginning the subscription has no events of
// meetings, and none of an end will come; and a meeting of people whom Zoom does not report is silent while it lasts.
func (s *State) cutOffMeetings() (n int) {
	for _, m := range s.meetings {
		if m.Start != 0 && m.Meeting.Live(s.lastEvent) && m.reportedAt(uint32(s.lastEvent/minuteMs)) {
			n++
		}
	}
	return n
}

// reportedAt tells whether there is a minute of somebody who has not left, of the given one or shortly before.
func (m *meeting) reportedAt(minute uint32) bool {
	for _, g := range m.segments {
		if n := len(g.minutes); g.Leave == 0 && n > 0 && g.minutes[n-1].at+reportDelay >= minute {
			return true
		}
	}
	return false
}
