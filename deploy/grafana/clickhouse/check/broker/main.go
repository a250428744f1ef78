// Command broker is a broker of Kafka's protocol (franz-go's kfake, in memory) for scripts/clickhousecheck.sh: it prints its address and
// serves until it is killed. Its topic already holds a message that is none of Earshot's, as topics that others write to do.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

const topic = "earshot"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "broker:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, topic))
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	defer cluster.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.DefaultProduceTopic(topic))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer client.Close()
	if err := client.ProduceSync(ctx, kgo.StringRecord("not JSON\n\xff")).FirstErr(); err != nil {
		return fmt.Errorf("write the first message: %w", err)
	}
	fmt.Println(cluster.ListenAddrs()[0])
	<-ctx.Done()
	return nil
}
