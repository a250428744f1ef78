package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// partitions asks how many partitions the topic has.
func (d *Destination) partitions(ctx context.Context) (int, error) {
	req := kmsg.NewPtrMetadataRequest()
	t := kmsg.NewMetadataRequestTopic()
	t.Topic = kmsg.StringPtr(d.c.Topic)
	req.Topics = append(req.Topics, t)
	resp, err := req.RequestWith(ctx, d.client)
	if err != nil {
		return 0, fmt.Errorf("ask about the topic: %w", d.classify(err))
	}
	if len(resp.Topics) != 1 {
		return 0, fmt.Errorf("topic %s: the cluster says nothing about it", d.c.Topic)
	}
	if err := kerr.ErrorForCode(resp.Topics[0].ErrorCode); err != nil {
		return 0, fmt.Errorf("topic %s: %w", d.c.Topic, d.classify(err))
	}
	return len(resp.Topics[0].Partitions), nil
}
