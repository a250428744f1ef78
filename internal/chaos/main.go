// Command chaos kills Earshot's processes at random moments under load and then asks whether anything that was acknowledged
// is missing or doubled. The judge is the sender's own ledger: Earshot's word counts for nothing.
//
//	go run ./internal/chaos [-kills 50] [-rate 1000] [-seed N]
//	go run ./internal/chaos -alerts [-seed N]
//
// It runs the built binary: 50 × kill -9 of the receiver, 50 × of the monitor, in random order, under 1,000 events a second.
// Afterwards every acknowledged body is in the journal exactly once, every sample of every acknowledged event is in the
// facts exactly once, and the facts equal those of a fold that was never disturbed. Then the facts are deleted, and once
// more truncated: the rebuilt samples and minutes are the same. It exits with 1 when any of this is not so.
//
// With -alerts, an emulated company has four troubles that many share, and the monitor is killed every few seconds while their
// incidents open, grow and close. The judge is a receiver of alerts, slow to answer: it must hear of each alert, raised and
// cleared once. A message whose answer the killed process did not note comes twice, and says the same under the same name.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"
)

const binary = "bin/earshot"

func main() {
	kills := flag.Int("kills", 50, "kills of each process")
	rate := flag.Float64("rate", 1000, "events a second")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "seed of the moments")
	alerts := flag.Bool("alerts", false, "kill the monitor while alerts are told, instead")
	keep := flag.Bool("keep", false, "leave the data folder behind")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Printf("seed %d\n", *seed)
	c := &chaos{rng: rand.New(rand.NewPCG(*seed, 1)), kills: *kills, rate: *rate}
	what, run := "nothing acknowledged was lost, nothing was doubled", c.run
	if *alerts {
		what, run = "every alert was told: raised once, cleared once", c.runAlerts
	}
	err := run(ctx)
	if c.data != "" && !*keep && err == nil {
		err = os.RemoveAll(c.data)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "chaos: %v\nthe data is in %s\n", err, c.data)
		os.Exit(1)
	}
	fmt.Println(what)
}
