package zoom_test

import (
	"os"
	"strings"
	"testing"

	"github.com/earshot/earshot/zoom"
)

func TestClassify(t *testing.T) {
	for name, want := range map[string]struct {
		family zoom.Family
		class  zoom.Class
	}{
		"meeting.participant_qos":                         {zoom.FamilyMeeting, zoom.ClassQoS},
		"webinar.participant_qos_summary":                 {zoom.FamilyWebinar, zoom.ClassQoSSummary},
		"session.user_data":                               {zoom.FamilySession, zoom.ClassData},
		"session.user_data_summary":                       {zoom.FamilySession, zoom.ClassDataSummary},
		"phone.call_qos":                                  {zoom.FamilyPhone, zoom.ClassPhoneQoS},
		"phone.call_qos_summary":                          {zoom.FamilyPhone, zoom.ClassPhoneSummary},
		"meeting.started":                                 {zoom.FamilyMeeting, zoom.ClassStarted},
		"session.ended":                                   {zoom.FamilySession, zoom.ClassEnded},
		"meeting.participant_joined_breakout_room":        {zoom.FamilyMeeting, zoom.ClassJoined},
		"meeting.participant_left_breakout_room":          {zoom.FamilyMeeting, zoom.ClassLeft},
		"session.user_joined":                             {zoom.FamilySession, zoom.ClassJoined},
		"webinar.participant_bind":                        {zoom.FamilyWebinar, zoom.ClassBind},
		"zoomroom.delayed_alert":                          {zoom.FamilyOther, zoom.ClassAlert},
		"phone.callee_ringing":                            {zoom.FamilyPhone, zoom.ClassPhoneRinging},
		"phone.callee_answered":                           {zoom.FamilyPhone, zoom.ClassPhoneConnect},
		"phone.caller_connected":                          {zoom.FamilyPhone, zoom.ClassPhoneConnect},
		"phone.callee_ended":                              {zoom.FamilyPhone, zoom.ClassPhoneEnded},
		"endpoint.url_validation":                         {zoom.FamilyOther, zoom.ClassURLValidation},
		"meeting.participant_joined_waiting_room":         {zoom.FamilyMeeting, zoom.ClassNeighbour},
		"meeting.chat_message_sent":                       {zoom.FamilyMeeting, zoom.ClassNeighbour},
		"meeting.participant_data_connection_established": {zoom.FamilyMeeting, zoom.ClassNeighbour},
		"recording.completed":                             {zoom.FamilyOther, zoom.ClassNeighbour},
		// Names are not prefixes, and not words in any case.
		"meeting.participant_qos_":   {zoom.FamilyMeeting, zoom.ClassUnknown},
		"meeting.participant_qo":     {zoom.FamilyMeeting, zoom.ClassUnknown},
		"Meeting.participant_qos":    {zoom.FamilyOther, zoom.ClassUnknown},
		"meeting.participant_qos ":   {zoom.FamilyMeeting, zoom.ClassUnknown},
		"qss.participant_qos":        {zoom.FamilyOther, zoom.ClassUnknown},
		"session.participant_joined": {zoom.FamilySession, zoom.ClassUnknown},
		"meeting":                    {zoom.FamilyMeeting, zoom.ClassUnknown},
		"":                           {zoom.FamilyOther, zoom.ClassUnknown},
	} {
		if family, class := zoom.Classify(name); family != want.family || class != want.class {
			t.Errorf("%q: family %d, class %d, want %d, %d", name, family, class, want.family, want.class)
		}
	}
}

// TestQSSEvents: the 14 events are the documented ones, of the classes that carry quality, and each has a sample.
func TestQSSEvents(t *testing.T) {
	names := zoom.QSSEvents()
	if len(names) != 14 {
		t.Errorf("%d events", len(names))
	}
	for _, name := range names {
		switch _, class := zoom.Classify(name); class {
		case zoom.ClassQoS, zoom.ClassQoSSummary, zoom.ClassData, zoom.ClassDataSummary, zoom.ClassPhoneQoS, zoom.ClassPhoneSummary:
		default:
			t.Errorf("%s is of class %d", name, class)
		}
		if _, err := os.Stat("testdata/webhooks/" + name + ".json"); err != nil {
			t.Error(err)
		}
	}
	for sample, path := range samples(t) {
		if name := decode(t, string(read(t, path))).Name; sample != name && !strings.HasPrefix(sample, name+".") {
			t.Errorf("sample %s is of event %s", sample, name)
		}
	}
}
