package promapi

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// mentionedKey is where an expression's words travel to its selectors.
type mentionedKey struct{}

// engine is Prometheus' engine, with every selector told what labels the whole expression mentions.
type engine struct {
	*promql.Engine
	parser parser.Parser
}

// NewInstantQuery implements Prometheus' v1.QueryEngine.
func (e *engine) NewInstantQuery(ctx context.Context, q storage.Queryable, o promql.QueryOpts, text string, at time.Time) (promql.Query, error) {
	inner, err := e.Engine.NewInstantQuery(ctx, q, o, text, at)
	return e.query(inner, err)
}

// NewRangeQuery implements Prometheus' v1.QueryEngine.
func (e *engine) NewRangeQuery(ctx context.Context, q storage.Queryable, o promql.QueryOpts, text string, from, to time.Time, step time.Duration) (promql.Query, error) {
	inner, err := e.Engine.NewRangeQuery(ctx, q, o, text, from, to, step)
	return e.query(inner, err)
}

func (e *engine) query(inner promql.Query, err error) (promql.Query, error) {
	if err != nil {
		return nil, err
	}
	expr, err := e.parser.ParseExpr(inner.String())
	if err != nil {
		return nil, err
	}
	return &query{inner, mentioned(expr)}, nil
}

// query is one evaluation.
type query struct {
	promql.Query
	mentioned []string
}

// Exec implements [promql.Query].
func (q *query) Exec(ctx context.Context) *promql.Result {
	return q.Query.Exec(context.WithValue(ctx, mentionedKey{}, q.mentioned))
}

// mentioned returns every label that an expression names, whatever for.
func mentioned(expr parser.Expr) []string {
	out := []string{}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.AggregateExpr:
			out = append(out, n.Grouping...)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				out = append(out, n.VectorMatching.MatchingLabels...)
				out = append(out, n.VectorMatching.Include...)
			}
		case *parser.VectorSelector:
			for _, m := range n.LabelMatchers {
				out = append(out, m.Name)
			}
		case *parser.StringLiteral: // a label in label_replace, label_join, count_values
			out = append(out, n.Val)
		}
		return nil
	})
	out = slices.DeleteFunc(out, func(s string) bool { return s == model.MetricNameLabel })
	slices.Sort(out)
	return slices.Compact(out)
}
