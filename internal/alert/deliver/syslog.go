package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"

	"github.com/earshot/earshot/internal/alert"
)

// SyslogConfig sends one message for each alert to a syslog server, as RFC 5424 says: over UDP (RFC 5426), TCP with counted
// octets (RFC 6587) or TLS (RFC 5425). UDP gives no answer: what is lost on the way is lost.
type SyslogConfig struct {
	Address        string `yaml:"address"`  // host:port
	Network        string `yaml:"network"`  // udp (the default), tcp, tls
	Facility       int    `yaml:"facility"` // 0 to 23; 0 stands for 16, local0
	AppName        string `yaml:"app_name"` // "" is earshot
	NoSendResolved bool   `yaml:"no_send_resolved"`
}

func (c *SyslogConfig) resolved() bool { return !c.NoSendResolved }

func (c *SyslogConfig) validate() error {
	var all []error
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		all = append(all, fmt.Errorf("address is %q; want host:port such as syslog.example.com:514", c.Address))
	}
	switch c.Network {
	case "", "udp", "tcp", "tls":
	default:
		all = append(all, fmt.Errorf("network is %q; want udp, tcp or tls", c.Network))
	}
	if c.Facility < 0 || c.Facility > 23 {
		all = append(all, fmt.Errorf("facility is %d; want 0 to 23", c.Facility))
	}
	return errors.Join(all...)
}

type syslog struct {
	c     *SyslogConfig
	guard *Guard
	host  string
}

func newSyslog(c *SyslogConfig, g *Guard) *syslog {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "-"
	}
	return &syslog{c, g, printable(host, 255)}
}

// Notify implements notify.Notifier.
func (s *syslog) Notify(ctx context.Context, alerts ...*amalert.Alert) (bool, error) {
	network := s.c.Network
	if network == "" {
		network = "udp"
	}
	dial := network
	if network == "tls" {
		dial = "tcp"
	}
	conn, err := s.guard.DialContext(ctx, dial, s.c.Address)
	if err != nil {
		var blocked *BlockedError
		return !errors.As(err, &blocked), fmt.Errorf("connect to the syslog server: %w", err)
	}
	defer conn.Close()
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(10 * time.Second)
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return true, fmt.Errorf("connect to the syslog server: %w", err)
	}
	if network == "tls" {
		host, _, _ := net.SplitHostPort(s.c.Address)
		secure := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
		if err := secure.HandshakeContext(ctx); err != nil {
			return true, fmt.Errorf("connect to the syslog server: %w", err)
		}
		conn = secure
	}
	for _, a := range alerts {
		m := s.message(a)
		if network != "udp" {
			m = fmt.Sprintf("%d %s", len(m), m)
		}
		if _, err := conn.Write([]byte(m)); err != nil {
			return true, fmt.Errorf("send to the syslog server: %w", err)
		}
	}
	return false, nil
}

// severities are syslog's numbers, RFC 5424 table 2: critical, warning, informational; notice for what is over.
var severities = map[string]int{string(alert.Critical): 2, string(alert.Warning): 4, string(alert.Info): 6}

// message is one line. Its structured data carries the labels under the private enterprise number for examples (RFC 5612),
// since this project has none of its own.
func (s *syslog) message(a *amalert.Alert) string {
	facility := s.c.Facility
	if facility == 0 {
		facility = 16
	}
	severity, ok := severities[string(a.Labels[alert.LabelSeverity])]
	if !ok {
		severity = 4
	}
	status, at := "firing", a.StartsAt
	if a.Resolved() {
		severity, status, at = 5, "resolved", a.EndsAt
	}
	app := s.c.AppName
	if app == "" {
		app = "earshot"
	}
	var data strings.Builder
	fmt.Fprintf(&data, `[earshot@32473 status="%s"`, status)
	for _, k := range []string{alert.LabelName, alert.LabelID, alert.LabelSeverity, alert.LabelCause, alert.LabelSite, alert.LabelSubject, alert.LabelIncident} {
		if v := string(a.Labels[labelName(k)]); v != "" {
			fmt.Fprintf(&data, ` %s="%s"`, k, escapeParam(v))
		}
	}
	data.WriteByte(']')
	text := strings.Join(strings.Fields(string(a.Annotations["summary"])+" "+string(a.Annotations["description"])+" "+string(a.Annotations["link"])), " ")
	return fmt.Sprintf("<%d>1 %s %s %s %d alert %s \xef\xbb\xbf%s", facility*8+severity, at.UTC().Format("2006-01-02T15:04:05.000Z"), s.host, printable(app, 48), os.Getpid(), data.String(), text)
}

// escapeParam writes a PARAM-VALUE.
func escapeParam(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(s)
}

// printable keeps what a header field may hold: ASCII without spaces.
func printable(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return '_'
		}
		return r
	}, s)
	return s[:min(len(s), most)]
}
