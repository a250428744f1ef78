package deliver_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"html"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
)

const mailUser, mailPassword = "earshot", "hunter2"

// post is a mail server that takes mail from who has logged in over TLS only.
type post struct {
	address, ca string
	mails       chan sent
}

// sent is a mail as it was taken: its envelope and its text.
type sent struct {
	from string
	to   []string
	raw  string
}

func newPost(t *testing.T) *post {
	t.Helper()
	certificate, ca := ownCertificate(t)
	p := &post{ca: ca, mails: make(chan sent, 10)}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{post: p, conn: c}, nil }))
	s.Domain, s.TLSConfig, s.ErrorLog = "mail.example.com", &tls.Config{Certificates: []tls.Certificate{certificate}}, log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	return p
}

// ownCertificate is one that nobody knows but who is given its file.
func ownCertificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

type mailSession struct {
	post     *post
	conn     *smtp.Conn
	loggedIn bool
	now      sent
}

// AuthMechanisms implements smtp.AuthSession; the next ones it and smtp.Session.
func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth checks a name and password.
func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != mailUser || password != mailPassword {
			return smtp.ErrAuthFailed
		}
		s.loggedIn = true
		return nil
	}), nil
}

// Mail begins a message.
func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if _, encrypted := s.conn.TLSConnectionState(); !encrypted || !s.loggedIn {
		return smtp.ErrAuthRequired
	}
	s.now.from = from
	return nil
}

// Rcpt adds who is to have it.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.now.to = append(s.now.to, to)
	return nil
}

// Data takes it.
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.now.raw = string(raw)
	s.post.mails <- s.now
	return err
}

// Reset forgets what was begun.
func (s *mailSession) Reset() { s.now = sent{} }

// Logout does nothing.
func (s *mailSession) Logout() error { return nil }

// letter is a mail as its reader sees it.
type letter struct {
	sent
	header      mail.Header
	subject     string
	plain, html string
}

// next reads the mail that comes next.
func (p *post) next(t *testing.T, what string) letter {
	t.Helper()
	var l letter
	select {
	case l.sent = <-p.mails:
	case <-time.After(2 * time.Minute): // on a machine that does something else
		t.Fatalf("%s: no mail", what)
	}
	m, err := mail.ReadMessage(strings.NewReader(l.raw))
	if err != nil {
		t.Fatalf("%s: %v in\n%s", what, err, l.raw)
	}
	l.header = m.Header
	if l.subject, err = (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s: the mail is %s, %v; want its text in both forms", what, kind, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	var kinds []string
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		kind := part.Header.Get("Content-Type")
		kinds = append(kinds, kind)
		if strings.HasPrefix(kind, "text/plain") {
			l.plain = string(text)
		} else {
			l.html = string(text)
		}
	}
	if !slices.Equal(kinds, []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"}) {
		t.Errorf("%s: the mail's parts are %q; want plain text, then HTML, which is preferred", what, kinds)
	}
	return l
}

// has says what of a mail's two forms is missing.
func (l *letter) has(t *testing.T, what string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(l.plain, w) {
			t.Errorf("%s: the plain text does not say %q:\n%s", what, w, l.plain)
		}
		if escaped := html.EscapeString(w); !strings.Contains(l.html, escaped) {
			t.Errorf("%s: the HTML does not say %q", what, escaped)
		}
	}
}

// setup has groups whose next message comes late enough for what is put together to be in it.
func (p *post) setup(t *testing.T, password string) *deliver.Setup {
	return setup(t, `
route: {receiver: x, group_by: [kind], group_wait: 300ms, group_interval: 3s}
receivers:
  - name: x
    email_configs:
      - to: noc@example.com, board@example.com
        from: earshot@example.com
        smarthost: '`+p.address+`'
        auth_username: `+mailUser+`
        auth_password: `+password+`
        tls_config: {ca_file: '`+p.ca+`'}
        send_resolved: true
`)
}

// A mail server that wants a login and TLS is told of what is raised, of what comes together in one mail, and that it is over;
// each mail says it in plain text and in HTML, and a name that looks like HTML or like a header is text.
func TestMailSaysWhatIsRaisedAndOver(t *testing.T) {
	p := newPost(t)
	d, stop := run(t, deliver.Options{Setup: p.setup(t, mailPassword), Memory: newMemory(), Guard: loopback})
	defer stop()
	first := raised(1, alert.Critical, "Lyon", alert.LabelKind, "incident")
	put(t, d, first)
	m := p.next(t, "raised")
	m.has(t, "raised", verdict, "17 of 19 people in Lyon received badly; 2 of 311 elsewhere.", first.Link)
	if m.subject != "Critical: "+verdict || m.from != "earshot@example.com" || !slices.Equal(m.to, []string{"noc@example.com", "board@example.com"}) || m.header.Get("Message-Id") == "" {
		t.Errorf("raised: subject %q, from %s to %v, id %q", m.subject, m.from, m.to, m.header.Get("Message-Id"))
	}
	if sent, err := m.header.Date(); err != nil || time.Since(sent) > time.Hour {
		t.Errorf("raised: sent at %v, %v", sent, err)
	}

	const hostile = "<img src=x onerror=alert(1)>\r\nBcc: evil@example.com\r\n & Söhne 東京"
	second := raised(2, alert.Critical, hostile, alert.LabelKind, "incident")
	put(t, d, second)
	m = p.next(t, "one more")
	m.has(t, "one more", verdict, "<img src=x onerror=alert(1)>", "& Söhne 東京 link, 41 people", first.Link, second.Link)
	if strings.Contains(m.html, "<img src=x") || m.header.Get("Bcc") != "" || len(m.to) != 2 || !strings.HasSuffix(m.subject, " and 1 more") {
		t.Errorf("one more: subject %q, header %v, to %v; want the name as text", m.subject, m.header, m.to)
	}

	put(t, d, over(first), over(second))
	m = p.next(t, "over")
	m.has(t, "over", verdict, "& Söhne 東京 link, 41 people", first.Link, second.Link)
	if m.subject != "Over: 2 alerts" {
		t.Errorf("over: subject %q", m.subject)
	}
	third := raised(3, alert.Warning, "Lyon", alert.LabelKind, "share")
	put(t, d, third)
	if m = p.next(t, "another group"); m.subject != verdict || strings.Contains(m.plain, second.Link) {
		t.Errorf("another group: subject %q:\n%s", m.subject, m.plain)
	}
}

// What a mail server does not take is said, without the password; one whose certificate nobody vouches for is told nothing.
func TestMailSaysWhyItWasNotTaken(t *testing.T) {
	p := newPost(t)
	stranger := newPost(t)
	for _, c := range []struct {
		name  string
		setup *deliver.Setup
		want  string
	}{
		{"a wrong password", p.setup(t, "hunter3"), "535"},
		{"an unknown certificate", (&post{address: p.address, ca: stranger.ca}).setup(t, mailPassword), "certificate"},
	} {
		d, stop := run(t, deliver.Options{Setup: c.setup, Memory: newMemory(), Guard: loopback})
		all, err := d.Sample(t.Context(), "x")
		stop()
		if err != nil || len(all) != 1 || all[0].Err == nil || !strings.Contains(all[0].Err.Error(), c.want) || strings.Contains(all[0].Err.Error(), "hunter") {
			t.Errorf("%s: got %+v, %v, want %q", c.name, all, err, c.want)
		}
	}
	if n := len(p.mails); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
	guarded, stop := run(t, deliver.Options{Setup: p.setup(t, mailPassword), Memory: newMemory()})
	defer stop()
	if all, err := guarded.Sample(t.Context(), "x"); err != nil || len(all) != 1 || all[0].Err == nil || !strings.Contains(all[0].Err.Error(), "alerts.allow_networks") {
		t.Errorf("an internal mail server: got %+v, %v, want what allows it", all, err)
	}
}
