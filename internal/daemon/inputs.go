package daemon

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/pipeline"
)

// inputs is what the configuration says about *_input, by account.
type inputs struct {
	common   config.InputMeanings
	accounts map[earshot.ID]config.InputMeanings
}

func newInputs(c *config.Input, keys identity.Keys) *inputs {
	in := &inputs{common: c.InputMeanings, accounts: make(map[earshot.ID]config.InputMeanings, len(c.Accounts))}
	for zoomID, meanings := range c.Accounts {
		in.accounts[keys.Account(zoomID)] = meanings
	}
	return in
}

func (in *inputs) of(account earshot.ID) config.InputMeanings {
	if m, ok := in.accounts[account]; ok {
		return m
	}
	return in.common
}

// meaning says which way *_input runs in an account, as far as it is set.
func (in *inputs) meaning(account earshot.ID) (audio, video earshot.InputMeaning) {
	m := in.of(account)
	audio, _ = m.Audio.Fixed()
	video, _ = m.Video.Fixed()
	return audio, video
}

// auto says which media of an account are found out from the traffic.
func (in *inputs) auto(account earshot.ID) (audio, video bool) {
	m := in.of(account)
	_, audioSet := m.Audio.Fixed()
	_, videoSet := m.Video.Fixed()
	return !audioSet, !videoSet
}

// directions adds how *_input is read in each account, and what the settings have against them.
func (s *ingestSource) directions(ctx context.Context, out *api.Ingest) error {
	accounts, err := s.m.registry.Accounts(ctx)
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	zoomIDs := make(map[earshot.ID]string, len(accounts))
	for _, a := range accounts {
		zoomIDs[a.ID] = a.ZoomID
	}
	readings := s.m.pipeline.Readings()
	for i := range readings {
		out.Input = append(out.Input, inputReading(&readings[i], zoomIDs[readings[i].Account]))
	}
	out.Notices = append(out.Notices, contradictions(readings, out.Input)...)
	return nil
}

func inputReading(r *pipeline.Reading, zoomID string) api.InputReading {
	means := "received"
	if r.Meaning == earshot.InputSent {
		means = "sent"
	}
	return api.InputReading{
		Account: r.Account, AccountZoomID: zoomID, Media: r.Media, Means: means, How: string(r.How), Sure: float64(int(1000*r.Sure)) / 1000,
		Since: moment(r.Since), Text: r.Text,
	}
}

// contradictions are the settings that the traffic speaks against.
func contradictions(readings []pipeline.Reading, in []api.InputReading) (out []api.Notice) {
	for i := range readings {
		if r := &readings[i]; r.Contradicted() {
			out = append(out, api.Notice{
				Severity: "warning",
				Text:     fmt.Sprintf("The setting input.%s is probably the wrong way round for account %s. %s", r.Media, in[i].AccountZoomID, r.Text),
				Hint:     "Set it to auto, or the other way, and restart: the hours that still have samples are graded again.",
			})
		}
	}
	return out
}
