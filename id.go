package earshot

import (
	"fmt"
	"strconv"
)

// ID names one account, series, meeting, person, segment, call or site. It is a keyed hash of what identifies the thing
// (see internal/identity), so the same records give the same ids on every run; it is never an autoincrement, and nothing
// personal can be read from it. 0 means "none".
//
// Its text form, also in JSON and URLs, is 16 lower-case hexadecimal digits; JavaScript could not hold it as a number.
type ID uint64

// String returns the 16-digit text form.
func (id ID) String() string { return fmt.Sprintf("%016x", uint64(id)) }

// MarshalText implements encoding.TextMarshaler. The zero ID becomes "".
func (id ID) MarshalText() ([]byte, error) {
	if id == 0 {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler. "" becomes the zero ID.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = 0
		return nil
	}
	v, err := ParseID(string(text))
	if err != nil {
		return err
	}
	*id = v
	return nil
}

// ParseID reads the text form. Anything but 16 hexadecimal digits is an error that says so.
func ParseID(s string) (ID, error) {
	if len(s) != 16 {
		return 0, fmt.Errorf("id %q: want 16 hexadecimal digits", s)
	}
	v, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return 0, fmt.Errorf("id %q: want 16 hexadecimal digits", s)
	}
	return ID(v), nil
}
