package kafka

import (
	"context"
	"hash/fnv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// grouped carries to the partitioner what a message belongs to.
type grouped struct {
	context.Context
	group string
}

// byGroup puts messages of one group into one partition, in the order in which they were sent; what belongs to nothing goes by its key.
// The same id has the same group, so that compacting finds all of it.
func byGroup(string) func(*kgo.Record, int) int {
	return func(r *kgo.Record, partitions int) int {
		text := r.Key
		if g, ok := r.Context.(grouped); ok && g.group != "" {
			text = []byte(g.group)
		}
		h := fnv.New32a()
		_, _ = h.Write(text) // a hash takes everything
		return int(h.Sum32() % uint32(partitions))
	}
}
