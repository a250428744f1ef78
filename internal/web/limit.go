package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// The pace of guessing: so many at once, then one each.
const (
	perNameBurst    = 5
	perNameEvery    = 12 * time.Second // five a minute
	perAddressBurst = 20
	perAddressEvery = 3 * time.Second // twenty a minute
	// remembered is how many names and addresses are told apart. Whoever has enough addresses to flush it is held back by
	// the registry's own limit for each name.
	remembered = 8192
)

// limiter slows down logins. All methods may be called concurrently.
type limiter struct {
	mu      sync.Mutex
	buckets *lru.Cache[string, *rate.Limiter]
}

func newLimiter() *limiter {
	buckets, err := lru.New[string, *rate.Limiter](remembered)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	return &limiter{buckets: buckets}
}

// allow reports whether another attempt may be made now, and else after how long. An empty name is an attempt without one.
func (l *limiter) allow(address netip.Addr, name string) (ok bool, wait time.Duration) {
	if wait := l.take("address "+address.String(), perAddressEvery, perAddressBurst); wait > 0 {
		return false, wait
	}
	if name != "" {
		if wait := l.take("name "+address.String()+" "+strings.ToLower(name), perNameEvery, perNameBurst); wait > 0 {
			return false, wait
		}
	}
	return true, 0
}

func (l *limiter) take(key string, every time.Duration, burst int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets.Get(key)
	if !ok {
		b = rate.NewLimiter(rate.Every(every), burst)
		l.buckets.Add(key, b)
	}
	r := b.Reserve()
	if wait := r.Delay(); wait > 0 {
		r.Cancel()
		return wait
	}
	return 0
}

// forgive forgets the attempts at a name from an address: its owner has logged in.
func (l *limiter) forgive(address netip.Addr, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buckets.Remove("name " + address.String() + " " + strings.ToLower(name))
}

// clientAddress is where a request came from: the connection's other end, or what a trusted proxy says of it. Of IPv6 it is
// the /64, which is what one customer has.
func (s *Server) clientAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	address, _ := netip.ParseAddr(host) // an unreadable one is one address for all
	address = address.Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(address); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = next.Unmap()
	}
	if address.Is6() {
		if p, err := address.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return address
}

// networkOf is what the log says of an address: enough to see where guessing comes from, not which machine it is.
func networkOf(address netip.Addr) string {
	bits := 24
	if address.Is6() {
		bits = 48
	}
	p, err := address.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

func (s *Server) trusted(address netip.Addr) bool {
	for _, p := range s.o.TrustedProxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}
