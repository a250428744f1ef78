package deliver

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// internal are the addresses that requests may not go to unless allowed: this host, this network, and what clouds answer
// their machines at. Source: IANA's special-purpose registries for IPv4 and IPv6.
var internal = func() []netip.Prefix {
	var all []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "ff00::/8",
	} {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}()

// Guard decides where requests may go. The zero Guard allows public addresses only.
type Guard struct {
	Allow []netip.Prefix // internal networks that are allowed
	// Dial replaces the network, in tests; nil is the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// BlockedError says that a request was about to go to an internal address.
type BlockedError struct{ Address netip.Addr }

// Error says which key allows it.
func (e *BlockedError) Error() string {
	return fmt.Sprintf("%s is an internal address; name its network in alerts.allow_networks if messages are to go there", e.Address)
}

// Check returns nothing, or a [*BlockedError].
func (g *Guard) Check(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	for _, p := range g.Allow {
		if p.Contains(a) {
			return nil
		}
	}
	for _, p := range internal {
		if p.Contains(a) {
			return &BlockedError{a}
		}
	}
	return nil
}

// DialContext connects where it is allowed. The check is of the address that is dialled, after names are resolved.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if g.Dial != nil {
		return g.Dial(ctx, network, address)
	}
	d := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dial: %w", err)
		}
		return g.Check(ap.Addr())
	}}
	return d.DialContext(ctx, network, address)
}

// CheckHost resolves a name and checks all its addresses: for what dials by itself.
func (g *Guard) CheckHost(ctx context.Context, host string) error {
	if g.Dial != nil {
		return nil
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return fmt.Errorf("resolve the receiver's name: %w", err)
	}
	for _, a := range addresses {
		if err := g.Check(a); err != nil {
			return err
		}
	}
	return nil
}
