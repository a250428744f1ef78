package rest_test

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/emulator/rest"
)

// A test of a Dashboard client: a world lives for ten minutes, and the client asks who is in which meeting.
func Example() {
	begin := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	world, err := emulator.NewWorld(emulator.Options{People: 20, Meetings: 2, Seed: 1, From: begin, Calm: true})
	if err != nil {
		log.Fatal(err)
	}
	history := emulator.NewHistory(emulator.HistoryOptions{})
	for world.Now().Before(begin.Add(10 * time.Minute)) {
		history.Observe(world, world.Step())
	}
	server, err := rest.New(rest.Options{History: history, Apps: []rest.App{{ClientID: "id", ClientSecret: "secret"}}})
	if err != nil {
		log.Fatal(err)
	}
	zoom := httptest.NewServer(server)
	defer zoom.Close()

	ask := func(method, url, authorization string, into any) {
		r, err := http.NewRequest(method, url, nil)
		if err != nil {
			log.Fatal(err)
		}
		if r.Header.Set("Authorization", authorization); authorization == "" {
			r.SetBasicAuth("id", "secret")
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			log.Fatal(err)
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
			log.Fatal(err)
		}
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	ask("POST", zoom.URL+"/oauth/token?grant_type=account_credentials&account_id="+history.AccountID(), "", &token)
	var list struct {
		Meetings []struct {
			Topic        string
			Participants int
		}
	}
	ask("GET", zoom.URL+"/v2/metrics/meetings?type=live&from=2026-11-12&to=2026-11-12", "Bearer "+token.AccessToken, &list)
	fmt.Println(len(list.Meetings) > 0 && list.Meetings[0].Participants > 0)
	// Output: true
}
