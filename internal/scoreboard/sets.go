package main

import (
	"fmt"
)

// The sets. Parameters may be tuned on the scenarios of "tune" only; what is reported as Earshot's quality is what it reaches on
// "unseen". They differ in worlds, targets, strengths and seeds; the table is fixed: a scenario never moves from one to the
// other. "short" are the scenarios of the emulator's own manual, of a quarter of an hour each: too short to count.
const (
	setTune   = "tune"
	setUnseen = "unseen"
	setShort  = "short"
	setOther  = "other"
)

var sets = []struct {
	set, name, about string
}{
	{setTune, "score/offices", "lines of offices, blocked UDP"},
	{setTune, "score/providers", "providers"},
	{setTune, "score/centres", "data centres"},
	{setTune, "score/versions", "versions of the client"},
	{setTune, "score/concentrator", "the VPN"},
	{setTune, "score/radio", "Wi-Fi"},
	{setTune, "score/machines", "computers, headsets, cameras"},
	{setTune, "score/overlaps", "two faults at a time"},
	{setTune, "score/faint", "a fifth to a third of the strength"},
	{setTune, "score/quiet", "nothing"},
	{setTune, "score/untroubled", "nothing, with much that is always wrong"},
	{setTune, "score/restless", "nothing, with blips and little data"},
	{setTune, "score/plain", "nothing, with all data"},
	{setTune, "score/lossy-delivery", "faults of delivery"},
	{setTune, "score/workday", "a day with random trouble"},
	{setUnseen, "score/branch-lines", "lines of offices, blocked UDP"},
	{setUnseen, "score/carriers", "providers"},
	{setUnseen, "score/regions", "data centres"},
	{setUnseen, "score/releases", "versions of the client"},
	{setUnseen, "score/tunnels", "the VPN, and a provider beside it"},
	{setUnseen, "score/airwaves", "Wi-Fi"},
	{setUnseen, "score/peripherals", "headsets, cameras, computers"},
	{setUnseen, "score/collisions", "two faults at a time"},
	{setUnseen, "score/whispers", "a fifth to four tenths of the strength"},
	{setUnseen, "score/calm", "nothing"},
	{setUnseen, "score/still", "nothing"},
	{setUnseen, "score/hush", "nothing, with blips and little data"},
	{setUnseen, "score/even", "nothing, with nearly all data"},
	{setUnseen, "score/bad-post", "faults of delivery"},
	{setUnseen, "score/long-day", "a day with random trouble, reports every 30 s, the other dialect"},
	{setShort, "lyon-link", "a line full upwards"},
	{setShort, "frankfurt-brownout", "a data centre"},
	{setShort, "crowded-air", "Wi-Fi of a site and of an access point"},
	{setShort, "tejo-fibra", "a provider"},
	{setShort, "old-client", "a version"},
	{setShort, "drivers", "headsets and cameras"},
	{setShort, "firewall", "blocked UDP"},
	{setShort, "vpn", "the VPN"},
	{setShort, "one-at-a-time", "single persons"},
	{setShort, "two-at-once", "an office and a data centre"},
	{setShort, "bad-delivery", "faults of delivery"},
	{setShort, "healthy", "nothing"},
}

// namesOf lists the scenarios of a set.
func namesOf(set string) ([]string, error) {
	var names []string
	for _, s := range sets {
		if s.set == set || set == "all" && (s.set == setTune || s.set == setUnseen) {
			names = append(names, s.name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("set %q: want %s, %s, %s or all", set, setTune, setUnseen, setShort)
	}
	return names, nil
}

// setOf returns the set of a scenario.
func setOf(name string) string {
	for _, s := range sets {
		if s.name == name {
			return s.set
		}
	}
	return setOther
}
