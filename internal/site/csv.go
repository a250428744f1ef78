package site

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/earshot/earshot"
)

// The columns of the sites file. Name and range are required; the others may be left out or empty.
const (
	columnName  = "name"
	columnRange = "range"
	columnZone  = "zone"
	columnISP   = "isp"
	columnLink  = "link_mbps"
	columnVPN   = "vpn"
	columnTags  = "tags"
)

// columnNames returns the columns in the order of the documentation.
func columnNames() []string {
	return []string{columnName, columnRange, columnZone, columnISP, columnLink, columnVPN, columnTags}
}

// maxNameRunes bounds a site's name: it stands in narrow columns and alerts.
const maxNameRunes = 120

// maxShown is how many problems an error spells out.
const maxShown = 25

// Problem is one thing that is wrong with a sites file.
type Problem struct {
	Line int    // from 1
	Text string // what was found and what was expected
}

// FileError is everything that is wrong with a sites file.
type FileError struct {
	Path     string
	Problems []Problem // in order of lines
}

// Error lists the problems, one a line, as PATH:LINE: TEXT.
func (e *FileError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sites file %s: %d problem", e.Path, len(e.Problems))
	if len(e.Problems) != 1 {
		b.WriteByte('s')
	}
	for i, p := range e.Problems {
		if i == maxShown {
			fmt.Fprintf(&b, "\n  … and %d more", len(e.Problems)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s:%d: %s", e.Path, p.Line, p.Text)
	}
	return b.String()
}

// place is a site with its ranges.
type place struct {
	site   earshot.Site
	ranges []netip.Prefix
	line   int                // where it was named first
	set    map[string]setting // what its rows said about it, by column
}

// setting is a value that a row gave.
type setting struct {
	text string
	line int
}

// sheet is what a CSV says.
type sheet struct {
	places  []place              // by name
	lines   map[netip.Prefix]int // where each range stands
	columns map[string]int       // that the header names
}

// readFile reads and checks a sites file.
func readFile(path string) (sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		return sheet{}, fmt.Errorf("read the sites file: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	read, problems, err := readCSV(f)
	if err != nil {
		return sheet{}, fmt.Errorf("read the sites file %s: %w", path, err)
	}
	if len(problems) > 0 {
		return sheet{}, &FileError{Path: path, Problems: problems}
	}
	return read, nil
}

// reader collects places and problems.
type reader struct {
	columns  map[string]int // column name to position
	width    int            // of the header
	byName   map[string]*place
	folded   map[string]string // lower-case name to the spelling that came first
	byRange  map[netip.Prefix]*place
	rangeAt  map[netip.Prefix]int // line
	problems []Problem
}

func (r *reader) problem(line int, format string, args ...any) {
	r.problems = append(r.problems, Problem{line, fmt.Sprintf(format, args...)})
}

// readCSV reads the whole file whatever is wrong with it.
func readCSV(in io.Reader) (sheet, []Problem, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return sheet{}, nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // spreadsheets begin files with a byte order mark
	r := &reader{byName: map[string]*place{}, folded: map[string]string{}, byRange: map[netip.Prefix]*place{}, rangeAt: map[netip.Prefix]int{}}
	c := csv.NewReader(bytes.NewReader(text))
	c.Comment, c.FieldsPerRecord, c.TrimLeadingSpace, c.ReuseRecord = '#', -1, true, true
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			// What follows a wrong quotation mark cannot be trusted to begin where it seems to.
			r.problem(bad.Line, "%v; want fields separated by commas, those with commas in \"double quotes\"", bad.Err)
			break
		}
		if err != nil {
			return sheet{}, nil, err
		}
		line, _ := c.FieldPos(0)
		if r.columns == nil {
			if !r.header(line, record) {
				break
			}
			continue
		}
		r.row(line, record)
	}
	if r.columns == nil && len(r.problems) == 0 {
		r.problem(1, "the file is empty; want a header row: %s", strings.Join(columnNames(), ","))
	}
	return sheet{r.places(), r.rangeAt, r.columns}, r.problems, nil
}

// places returns what was read, by name.
func (r *reader) places() []place {
	all := make([]place, 0, len(r.byName))
	for _, p := range r.byName {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b place) int { return strings.Compare(a.site.Name, b.site.Name) })
	return all
}

// header reads the first row; false when the rows cannot be read by it.
func (r *reader) header(line int, record []string) bool {
	if len(record) == 1 && strings.ContainsAny(record[0], ";\t") {
		r.problem(line, "the header has one column, %q; want columns separated by commas: %s", clip(record[0]), strings.Join(columnNames(), ","))
		return false
	}
	r.columns, r.width = make(map[string]int), len(record)
	known := columnNames()
	for i, field := range record {
		name := strings.ToLower(strings.TrimSpace(field))
		_, twice := r.columns[name]
		switch {
		case !slices.Contains(known, name):
			r.problem(line, "unknown column %q; known are %s", clip(field), strings.Join(known, ", "))
		case twice:
			r.problem(line, "column %q appears twice", name)
		default:
			r.columns[name] = i
		}
	}
	usable := true
	for _, name := range []string{columnName, columnRange} {
		if _, ok := r.columns[name]; !ok {
			r.problem(line, "there is no column %q; want a header row such as %s", name, strings.Join(known, ","))
			usable = false
		}
	}
	return usable
}

// row reads one row.
func (r *reader) row(line int, record []string) {
	get := func(column string) string {
		if i, ok := r.columns[column]; ok && i < len(record) {
			return unguarded(strings.TrimSpace(strings.ToValidUTF8(record[i], "\uFFFD")))
		}
		return ""
	}
	if strings.TrimSpace(strings.Join(record, "")) == "" {
		return // spreadsheets leave rows of commas
	}
	if extra := record[min(r.width, len(record)):]; strings.TrimSpace(strings.Join(extra, "")) != "" {
		r.problem(line, "%d fields under a header of %d; a field that holds a comma needs \"double quotes\"", len(record), r.width)
	}
	p := r.place(line, get(columnName))
	prefix, ok := r.prefix(line, get(columnRange))
	if p == nil || !ok {
		p = &place{set: map[string]setting{}} // to check the other fields all the same
	} else {
		r.claim(line, prefix, p)
	}
	for _, column := range []string{columnZone, columnISP, columnLink, columnVPN, columnTags} {
		if text := get(column); text != "" {
			r.set(line, p, column, text)
		}
	}
}

// place returns the site with that name, nil when it is no name.
func (r *reader) place(line int, name string) *place {
	if name == "" {
		r.problem(line, "the name is empty; want the name of a site")
		return nil
	}
	if utf8.RuneCountInString(name) > maxNameRunes || strings.ContainsFunc(name, isControl) {
		r.problem(line, "name %q: want at most %d characters in one line", clip(name), maxNameRunes)
		return nil
	}
	if p, ok := r.byName[name]; ok {
		return p
	}
	folded := foldName(name)
	if other, ok := r.folded[folded]; ok {
		r.problem(line, "name %q: line %d spells it %q; want one spelling, or names that differ in more", name, r.byName[other].line, other)
		return nil
	}
	r.folded[folded] = name
	p := &place{site: earshot.Site{Name: name}, line: line, set: map[string]setting{}}
	r.byName[name] = p
	return p
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }

// foldName is equal for names that people would take for one.
func foldName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// prefix reads a range: CIDR, or one address.
func (r *reader) prefix(line int, text string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		r.problem(line, "range %q: want addresses such as 10.20.4.0/22, 2001:db8:4::/48 or 192.0.2.7", clip(text))
		return p, false
	case p.Addr().Is4In6():
		r.problem(line, "range %q: want an IPv4 range, such as 10.20.4.0/22", clip(text))
		return p, false
	case p.Masked() != p:
		r.problem(line, "range %q begins inside of itself; want %s (the whole range) or %s (one address)", clip(text), p.Masked(), p.Addr())
		return p, false
	}
	return p, true
}

// claim gives a range to a place. Ranges within ranges are fine, the longer prefix wins; the same range for two is not.
func (r *reader) claim(line int, prefix netip.Prefix, p *place) {
	switch owner := r.byRange[prefix]; {
	case owner == nil:
		r.byRange[prefix], r.rangeAt[prefix] = p, line
		p.ranges = append(p.ranges, prefix)
	case owner != p:
		r.problem(line, "range %s is given to %q, but line %d gives it to %q; want one site for it", prefix, p.site.Name, r.rangeAt[prefix], owner.site.Name)
	}
}

// set reads a field that describes the site. Several rows of a site may repeat it or leave it out, not contradict it.
func (r *reader) set(line int, p *place, column, text string) {
	s := &p.site
	if strings.ContainsFunc(text, isControl) {
		r.problem(line, "%s %q: want one line without control characters", column, clip(text))
		return
	}
	switch column {
	case columnZone:
		if loc, err := time.LoadLocation(text); err != nil || loc == time.Local {
			r.problem(line, "zone %q: want an IANA time zone such as Europe/Berlin", clip(text))
			return
		}
		s.Zone = text
	case columnISP:
		s.ISP = text
	case columnLink:
		mbps, err := strconv.ParseFloat(text, 64)
		if err != nil || !(mbps > 0) || math.IsInf(mbps, 0) {
			r.problem(line, "link_mbps %q: want the capacity of the link in Mbit/s as a number above 0, such as 500 or 2.5", clip(text))
			return
		}
		s.LinkMbps = mbps
		text = strconv.FormatFloat(mbps, 'g', -1, 64)
	case columnVPN:
		vpn, ok := parseYesNo(text)
		if !ok {
			r.problem(line, "vpn %q: want yes or no", clip(text))
			return
		}
		s.VPN = vpn
		text = strconv.FormatBool(vpn)
	case columnTags:
		for _, tag := range strings.Split(text, ";") {
			if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(s.Tags, tag) {
				s.Tags = append(s.Tags, tag)
			}
		}
		return // tags of several rows add up
	}
	if before, ok := p.set[column]; ok && before.text != text {
		r.problem(line, "%s of %q is %q, but line %d says %q; want one value for a site", column, s.Name, clip(text), before.line, clip(before.text))
		return
	}
	p.set[column] = setting{text, line}
}

func parseYesNo(text string) (yes, ok bool) {
	switch strings.ToLower(text) {
	case "yes", "true", "1", "y":
		return true, true
	case "no", "false", "0", "n":
		return false, true
	}
	return false, false
}

// clip shortens what was found in a file for a message.
func clip(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
