package daemon

import (
	"strings"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/pipeline"
)

func TestInputs(t *testing.T) {
	keys := identity.NewKeys([16]byte{7})
	in := newInputs(&config.Input{
		InputMeanings: config.InputMeanings{Audio: config.MeaningAuto, Video: config.MeaningSent},
		Accounts:      map[string]config.InputMeanings{"abc": {Audio: config.MeaningSent, Video: config.MeaningAuto}},
	}, keys)
	type answer struct {
		audio, video         earshot.InputMeaning
		findAudio, findVideo bool
	}
	for zoomID, want := range map[string]answer{
		"abc":   {earshot.InputSent, earshot.InputReceived, false, true},
		"other": {earshot.InputReceived, earshot.InputSent, true, false},
	} {
		var got answer
		got.audio, got.video = in.meaning(keys.Account(zoomID))
		got.findAudio, got.findVideo = in.auto(keys.Account(zoomID))
		if got != want {
			t.Errorf("%s: %+v, want %+v", zoomID, got, want)
		}
	}
}

// TestContradictions: only a setting that strong evidence speaks against is worth a notice.
func TestContradictions(t *testing.T) {
	readings := []pipeline.Reading{
		{Media: earshot.MediaAudio, How: pipeline.ReadingSet, Sure: 0.01, Text: "In 9 minutes."},
		{Media: earshot.MediaVideo, How: pipeline.ReadingSet, Sure: 0.3},
		{Media: earshot.MediaAudio, How: pipeline.ReadingAssumed, Sure: 0.01},
		{Media: earshot.MediaVideo, How: pipeline.ReadingFound, Meaning: earshot.InputSent, Sure: 0.999},
	}
	var in []api.InputReading
	for i := range readings {
		in = append(in, inputReading(&readings[i], "abc"))
	}
	if in[3].Means != "sent" || in[3].How != "found" || in[3].Sure != 0.999 || in[0].Means != "received" {
		t.Errorf("readings %+v", in)
	}
	out := contradictions(readings, in)
	if len(out) != 1 || !strings.Contains(out[0].Text, "input.audio is probably the wrong way round for account abc. In 9 minutes.") || out[0].Hint == "" {
		t.Errorf("notices %+v, want one about audio", out)
	}
}
