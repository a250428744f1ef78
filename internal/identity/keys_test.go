package identity_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
)

// TestIDsAreStable: ids are stored; another value here is a loss of everybody's history.
func TestIDsAreStable(t *testing.T) {
	for _, c := range []struct {
		name string
		got  earshot.ID
		want string
	}{
		{"account", keys.Account("acct"), "229a2e215d7d1750"},
		{"meeting", keys.Meeting("uuid"), "2ad3da4f0e1ed12c"},
		{"series", keys.Series(1, earshot.KindMeeting, "123"), "b3dc8778c52d6805"},
		{"segment", keys.Segment("uuid", "16778240"), "16d072a8f1e4eab5"},
		{"person", keys.Person(1, earshot.PersonByEmail, "ann@example.com"), "51e6830094746259"},
		{"call", keys.Call("7391846205518823417"), "a051518960e9684e"},
		{"site", keys.Site("Leipzig"), "3b58b22949d860fb"},
		{"incident", keys.Incident(1, earshot.Cell{Scope: earshot.ScopeSubnet, ID: 2, Name: "10.20.4.0/24"}, 1_795_165_200_000), "2a1fcfbb650b0afd"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s: %v, want %s", c.name, c.got, c.want)
		}
	}
}

func TestIDsDiffer(t *testing.T) {
	seen := map[earshot.ID]string{}
	note := func(what string, id earshot.ID) {
		if other, ok := seen[id]; ok || id == 0 {
			t.Errorf("%s has id %v, as %s has", what, id, other)
		}
		seen[id] = what
	}
	note("account x", keys.Account("x"))
	note("meeting x", keys.Meeting("x"))
	note("call x", keys.Call("x"))
	note("site x", keys.Site("x"))
	note("account ''", keys.Account(""))
	note("segment ab, c", keys.Segment("ab", "c"))
	note("segment a, bc", keys.Segment("a", "bc"))
	note("series of 1", keys.Series(1, earshot.KindMeeting, "9"))
	note("series of 2", keys.Series(2, earshot.KindMeeting, "9"))
	note("series of a webinar", keys.Series(1, earshot.KindWebinar, "9"))
	note("person by email", keys.Person(1, earshot.PersonByEmail, "x"))
	note("person by registrant", keys.Person(1, earshot.PersonByRegistrant, "x"))
	note("person by registrant of 2", keys.Person(2, earshot.PersonByRegistrant, "x"))
	note("person by Zoom user id", keys.Person(1, earshot.PersonByZoomUser, "x"))
	if keys.Person(1, earshot.PersonByZoomUser, "x") != keys.Person(2, earshot.PersonByZoomUser, "x") {
		t.Error("a Zoom user is somebody else in another account's meeting")
	}
	site := earshot.Cell{Scope: earshot.ScopeSite, ID: 2}
	note("incident", keys.Incident(1, site, 60_000))
	note("incident of 2", keys.Incident(2, site, 60_000))
	note("incident a minute later", keys.Incident(1, site, 120_000))
	note("incident of another site", keys.Incident(1, earshot.Cell{Scope: earshot.ScopeSite, ID: 3}, 60_000))
	note("incident of the site's Wi-Fi", keys.Incident(1, earshot.Cell{Scope: earshot.ScopeSiteWifi, ID: 2}, 60_000))
	note("incident of a subnet", keys.Incident(1, earshot.Cell{Scope: earshot.ScopeSite, ID: 2, Name: "x"}, 60_000))
	note("account x under another secret", identity.NewKeys([16]byte{9}).Account("x"))
}

// TestIDsOfAnyLength: long identifiers, beyond the stack buffer, are identifiers all the same.
func TestIDsOfAnyLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringN(0, 400, -1).Draw(t, "a"), rapid.StringN(0, 400, -1).Draw(t, "b")
		if (keys.Meeting(a) == keys.Meeting(b)) != (a == b) || keys.Meeting(a) == 0 {
			t.Fatalf("%q and %q are %v and %v", a, b, keys.Meeting(a), keys.Meeting(b))
		}
	})
}
