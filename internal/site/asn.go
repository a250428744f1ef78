package site

import (
	"fmt"
	"net/netip"
	"os"

	"github.com/oschwald/maxminddb-golang/v2"
)

// asnReader reads an ASN database. A nil one knows nothing.
type asnReader struct{ db *maxminddb.Reader }

// system is an autonomous system; the zero one is unknown.
type system struct {
	Number       uint32 `maxminddb:"autonomous_system_number"`
	Organization string `maxminddb:"autonomous_system_organization"`
}

// openASN reads the whole file (about 10 MB) rather than mapping it, so that a table can be replaced while somebody still
// uses the old one, and so that replacing the file under it does no harm.
func openASN(path string) (*asnReader, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the ASN database: %w", err)
	}
	db, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("read the ASN database %s: %w; want an MMDB file such as GeoLite2-ASN.mmdb", path, err)
	}
	// A database of cities or countries opens just as well and would never answer.
	var known bool
	for result := range db.Networks() {
		var s system
		if err := result.Decode(&s); err != nil {
			return nil, fmt.Errorf("read the ASN database %s: %w", path, err)
		}
		known = s.Number != 0
		break
	}
	if !known {
		return nil, fmt.Errorf("read the ASN database %s: its type is %q and its records hold no autonomous_system_number; want an MMDB file such as GeoLite2-ASN.mmdb",
			path, db.Metadata.DatabaseType)
	}
	return &asnReader{db}, nil
}

// lookup returns the system that announces an address. A damaged record is unknown, too: a name is all that is lost.
func (r *asnReader) lookup(a netip.Addr) system {
	var s system
	if r == nil {
		return s
	}
	if err := r.db.Lookup(a).Decode(&s); err != nil {
		return system{}
	}
	return s
}

// name is what people call the provider: the organisation, else the number.
func (s system) name() string {
	switch {
	case s.Organization != "":
		return s.Organization
	case s.Number != 0:
		return fmt.Sprintf("AS%d", s.Number)
	}
	return ""
}

// label is the system in a site's name: "AS64500 Arvel Fibre".
func (s system) label() string {
	if s.Number == 0 || s.Organization == "" {
		return s.name()
	}
	return fmt.Sprintf("AS%d %s", s.Number, s.Organization)
}
