package export

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// position is where a destination stands in a stream: behind a record of the journal, or an entry of an outbox; with Within, behind that
// row of the entry. It is stored as JSON; an Earshot that does not know "within" sends the entry again.
type position struct {
	earshot.Position
	Within row `json:"within,omitzero"`
}

// row is a facts.OutboxRow, with a word for none.
type row facts.OutboxRow

func (r row) none() bool { return r == row{} }
