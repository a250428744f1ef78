package registry

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
)

const selectCalls = `SELECT id, account, zoom_id, start_at, connected_at, end_at, first_seen, last_seen,
	caller_person, caller_zoom_id, caller_email, caller_number, caller_extension, caller_device, caller_connection_type, caller_network,
	callee_person, callee_zoom_id, callee_email, callee_number, callee_extension, callee_device, callee_connection_type, callee_network
	FROM calls`

func scanCall(row scanner, c *earshot.Call) error {
	a, b := &c.Caller, &c.Callee
	return row.Scan(idDest(&c.ID), idDest(&c.Account), &c.ZoomID, &c.Start, &c.Connected, &c.End, &c.FirstSeen, &c.LastSeen,
		idDest(&a.Person), &a.ZoomID, &a.Email, &a.Number, &a.Extension, &a.Device, &a.ConnectionType, &a.Network,
		idDest(&b.Person), &b.ZoomID, &b.Email, &b.Number, &b.Extension, &b.Device, &b.ConnectionType, &b.Network)
}

// CallPage is one page of calls, newest first.
type CallPage struct {
	Items []earshot.Call
	Next  string // the cursor of the next page, "" when this is the last
}

// Call returns a call; false when there is none with that id.
func (r *Registry) Call(ctx context.Context, id earshot.ID) (earshot.Call, bool, error) {
	c, ok, err := byID(ctx, r.readers, selectCalls, id, scanCall)
	if err != nil {
		return c, false, fmt.Errorf("read call %s: %w", id, err)
	}
	return c, ok, nil
}

// Calls returns a page of the calls that q selects, newest first. An unusable q.After is [ErrCursor].
func (r *Registry) Calls(ctx context.Context, q CallQuery) (CallPage, error) {
	var where conditions
	if q.From != 0 {
		where.add("last_seen >= ?", int64(q.From))
	}
	if q.To != 0 {
		where.add("first_seen < ?", int64(q.To))
	}
	where.addID("account", q.Account)
	if q.Person != 0 {
		// The partial indexes serve only where 0 is excluded in so many words.
		where.add("((caller_person = ? AND caller_person <> 0) OR (callee_person = ? AND callee_person <> 0))", key(q.Person), key(q.Person))
	}
	if n, ok := newNeedle(q.Search); ok {
		where.addCallSearch(n)
	}
	if q.After != "" {
		c, err := parseCursor(q.After)
		if err != nil {
			return CallPage{}, err
		}
		where.add("(first_seen, id) < (?, ?)", int64(c.at), key(c.id))
	}
	limit := pageLimit(q.Limit)
	items, err := collect(ctx, r.readers, selectCalls+where.where()+" ORDER BY first_seen DESC, id DESC LIMIT ?", append(where.args, limit+1), scanCall)
	if err != nil {
		return CallPage{}, fmt.Errorf("list calls: %w", err)
	}
	page := CallPage{Items: items}
	if len(items) > limit {
		page.Items = items[:limit]
		last := page.Items[limit-1]
		page.Next = cursor{last.FirstSeen, last.ID}.String()
	}
	return page, nil
}

// addCallSearch narrows to calls by Zoom's id, a number, extension or e-mail address of either side, or the name of a
// person on either side.
func (c *conditions) addCallSearch(n needle) {
	c.add(`(instr(zoom_id, ?) OR instr(caller_number, ?) OR instr(callee_number, ?) OR caller_extension = ? OR callee_extension = ?
		OR instr(lower(caller_email), ?) OR instr(lower(callee_email), ?)
		OR caller_person IN (SELECT id FROM persons WHERE instr(name_f, ?)) OR callee_person IN (SELECT id FROM persons WHERE instr(name_f, ?)))`,
		n.number, n.number, n.number, n.number, n.number, n.lower, n.lower, n.text, n.text)
}
