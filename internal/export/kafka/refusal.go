package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/earshot/earshot/internal/export"
)

// logins notes how the last login ended. A broker says what is wrong with one, or closes the connection, and then only the client's hook
// knows that it was the login that got no answer.
type logins struct{ cut atomic.Bool }

var loginKeys = map[int16]bool{int16(kmsg.SASLHandshake): true, int16(kmsg.SASLAuthenticate): true}

// OnBrokerRead implements kgo.HookBrokerRead.
func (l *logins) OnBrokerRead(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, err error) {
	if loginKeys[key] && (err == nil || errors.Is(err, io.EOF)) { // not when the time of our try is over
		l.cut.Store(err != nil)
	}
}

// refusal says which key to look at where what failed is how we come to the cluster; nil where it is not that. Whether the broker is only
// starting cannot always be told, and need not be: both are tried again, and nothing is set aside.
func (d *Destination) refusal(err error) error {
	key, advice := "", ""
	var early *kgo.ErrFirstReadEOF
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var plain tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		key, advice = "auth.sasl", "the brokers refuse the username or the password"
	case errors.Is(err, kerr.UnsupportedSaslMechanism), errors.Is(err, kerr.IllegalSaslState):
		key, advice = "auth.sasl.mechanism", "the brokers do not take "+d.mechanism()
	case errors.As(err, &early) && d.c.TLS == nil && strings.Contains(err.Error(), "TLS"):
		key, advice = "tls", "the brokers may want TLS, of which nothing is set"
	case errors.As(err, &early) && d.c.Auth.SASL == nil:
		key, advice = "auth.sasl", "the brokers may want a login, of which nothing is set"
	case d.c.Auth.SASL != nil && d.logins.cut.Load() && (errors.Is(err, io.EOF) || errors.Is(err, context.DeadlineExceeded)): // the client tries for half a minute
		key, advice = "auth.sasl", "the brokers close the connection at the login: its username, password or mechanism ("+d.mechanism()+") may be wrong"
	case errors.As(err, &unknown):
		key, advice = "tls.ca_file", "it does not hold who signed the brokers' certificate"
	case errors.As(err, &host):
		key, advice = "tls.server_name_override", "the brokers' certificate is for another name"
	case errors.As(err, &alert):
		key, advice = "tls.cert_file", "the brokers end the TLS handshake: they may want a certificate of ours, or another one"
	case errors.As(err, &plain):
		key, advice = "tls", "the brokers do not speak TLS at this address"
	default:
		return nil
	}
	return &export.RefusedError{Err: fmt.Errorf("config.%s: %s: %w", key, advice, err)}
}

func (d *Destination) mechanism() string {
	if d.c.Auth.SASL == nil {
		return "no login"
	}
	return d.c.Auth.SASL.Mechanism
}

// classify sorts errors: what is wrong with the message, with us, or will pass.
func (d *Destination) classify(err error) error {
	if refused := d.refusal(err); refused != nil {
		return refused
	}
	switch {
	case errors.Is(err, kerr.MessageTooLarge), errors.Is(err, kerr.InvalidRecord), errors.Is(err, kerr.InvalidTimestamp), errors.Is(err, kerr.CorruptMessage):
		return &export.PermanentError{Err: err}
	case errors.Is(err, kerr.UnknownTopicOrPartition), errors.Is(err, kerr.InvalidTopicException), errors.Is(err, kerr.TopicAuthorizationFailed),
		errors.Is(err, kerr.ClusterAuthorizationFailed):
		return &export.RefusedError{Err: err}
	case errors.Is(err, kerr.ThrottlingQuotaExceeded):
		return &export.ThrottledError{Err: err}
	}
	return err
}
