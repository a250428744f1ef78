package emulator

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
)

// firstASN is the first of the numbers of autonomous systems that are set aside for documentation (RFC 5398); there are
// sixteen, as many as providers.
const firstASN = 64496

// ASNDatabase writes which provider announces which addresses of the world, in the form of GeoLite2-ASN (MaxMind DB 2.0):
// what a receiver needs to know the providers of people at home, whom no list of sites names.
func (w *World) ASNDatabase(out io.Writer) error { return w.people.asnDatabase(out) }

// ASNDatabase writes the providers of the emulator's world; see [World.ASNDatabase].
func (e *Emulator) ASNDatabase(out io.Writer) error {
	return newPopulation(e.o.Seed, e.o.People, &e.o.Life).asnDatabase(out)
}

func (p *population) asnDatabase(out io.Writer) error {
	var db mmdb
	offsets := map[*isp]int{}
	for i, x := range p.isps {
		offsets[x] = db.record(firstASN+uint32(i), x.name)
		db.insert(x.v4, offsets[x])
		db.insert(x.v6, offsets[x])
	}
	for _, s := range p.sites {
		db.insert(s.public4, offsets[s.isp])
		if s.public6.IsValid() {
			db.insert(s.public6, offsets[s.isp])
		}
	}
	if _, err := out.Write(db.encode()); err != nil {
		return fmt.Errorf("write ASN database: %w", err)
	}
	return nil
}

// mmdb is a MaxMind DB while it is made: a binary tree over the bits of IPv6 addresses, in which IPv4 lies at ::/96, and the
// records that its leaves point at.
type mmdb struct {
	nodes [][2]int // child: a node's index, absent, or leaf minus the offset of a record
	data  []byte
}

const (
	absent = -1
	leaf   = -2 // minus the offset of the record
)

// insert points a prefix at a record.
func (d *mmdb) insert(p netip.Prefix, record int) {
	bits := p.Bits()
	a := p.Addr().As16()
	if p.Addr().Is4() {
		v4 := p.Addr().As4()
		a = [16]byte{}
		copy(a[12:], v4[:])
		bits += 96
	}
	if len(d.nodes) == 0 {
		d.nodes = append(d.nodes, [2]int{absent, absent})
	}
	at := 0
	for i := range bits {
		side := int(a[i/8] >> (7 - i%8) & 1)
		if i == bits-1 {
			d.nodes[at][side] = leaf - record
			return
		}
		if d.nodes[at][side] < 0 {
			d.nodes[at][side] = len(d.nodes)
			d.nodes = append(d.nodes, [2]int{absent, absent})
		}
		at = d.nodes[at][side]
	}
}

// record adds a record and returns its offset.
func (d *mmdb) record(number uint32, organization string) int {
	offset := len(d.data)
	d.data = appendMap(d.data, 2)
	d.data = appendText(d.data, "autonomous_system_number")
	d.data = appendNumber(d.data, 6, 4, uint64(number))
	d.data = appendText(d.data, "autonomous_system_organization")
	d.data = appendText(d.data, organization)
	return offset
}

// encode returns the file: tree, sixteen zeros, records, metadata.
func (d *mmdb) encode() []byte {
	const separator = 16
	var out []byte
	for _, node := range d.nodes {
		for _, child := range node {
			value := len(d.nodes) // nothing is known
			switch {
			case child >= 0:
				value = child
			case child <= leaf:
				value = len(d.nodes) + separator + leaf - child
			}
			out = append(out, byte(value>>16), byte(value>>8), byte(value))
		}
	}
	out = append(out, make([]byte, separator)...)
	out = append(out, d.data...)
	out = append(out, "\xab\xcd\xefMaxMind.com"...)
	out = appendMap(out, 9)
	for _, f := range []struct {
		name       string
		kind, size int
		value      uint64
	}{
		{"binary_format_major_version", 5, 2, 2}, {"binary_format_minor_version", 5, 2, 0}, {"build_epoch", 9, 8, 0}, {"ip_version", 5, 2, 6},
		{"node_count", 6, 4, uint64(len(d.nodes))}, {"record_size", 5, 2, 24},
	} {
		out = appendText(out, f.name)
		out = appendNumber(out, f.kind, f.size, f.value)
	}
	out = appendText(out, "database_type")
	out = appendText(out, "Earshot-Emulator-ASN")
	out = appendText(out, "description")
	out = appendMap(out, 1)
	out = appendText(out, "en")
	out = appendText(out, "providers of an emulated world")
	out = appendText(out, "languages")
	return append(out, 0, 11-7) // an empty array
}

// appendMap begins a map of fewer than 29 pairs.
func appendMap(b []byte, pairs int) []byte { return append(b, 7<<5|byte(pairs)) }

// appendText adds a text of fewer than 285 bytes.
func appendText(b []byte, s string) []byte {
	if len(s) < 29 {
		b = append(b, 2<<5|byte(len(s)))
	} else {
		b = append(b, 2<<5|29, byte(len(s)-29))
	}
	return append(b, s...)
}

// appendNumber adds an unsigned number of a kind, in all of its bytes.
func appendNumber(b []byte, kind, size int, value uint64) []byte {
	if kind > 7 {
		b = append(b, byte(size), byte(kind-7))
	} else {
		b = append(b, byte(kind<<5|size))
	}
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], value)
	return append(b, raw[8-size:]...)
}
