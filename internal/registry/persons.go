package registry

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
)

const selectPersons = `SELECT id, account, key_kind, zoom_user_id, registrant, customer_key, email, name FROM persons`

func scanPerson(row scanner, p *earshot.Person) error {
	return row.Scan(idDest(&p.ID), idDest(&p.Account), &p.KeyKind, &p.ZoomUserID, &p.Registrant, &p.CustomerKey, &p.Email, &p.Name)
}

// PersonPage is one page of persons: by name, then those without a name by e-mail address, then the others.
type PersonPage struct {
	Items []earshot.Person
	Next  string // the cursor of the next page, "" when this is the last
}

// Person returns a person; false when there is none with that id.
func (r *Registry) Person(ctx context.Context, id earshot.ID) (earshot.Person, bool, error) {
	p, ok, err := byID(ctx, r.readers, selectPersons, id, scanPerson)
	if err != nil {
		return p, false, fmt.Errorf("read person %s: %w", id, err)
	}
	return p, ok, nil
}

// PersonsByID returns the persons with the given ids, in no order; those that are not known are left out.
func (r *Registry) PersonsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Person, error) {
	all, err := byIDs(ctx, r.readers, selectPersons, ids, scanPerson)
	if err != nil {
		return nil, fmt.Errorf("read %d persons: %w", len(ids), err)
	}
	return all, nil
}

// Persons returns a page of the persons that q selects. An unusable q.After is [ErrCursor].
func (r *Registry) Persons(ctx context.Context, q PersonQuery) (PersonPage, error) {
	var where conditions
	where.addID("account", q.Account)
	if n, ok := newNeedle(q.Search); ok {
		where.addPersonSearch(n)
	}
	if q.After != "" {
		c, err := parseCursor(q.After)
		if err != nil {
			return PersonPage{}, err
		}
		// The name is looked up, not carried in the cursor.
		if _, ok, err := r.Person(ctx, c.id); err != nil {
			return PersonPage{}, err
		} else if !ok {
			return PersonPage{}, fmt.Errorf("list persons: %w", ErrCursor)
		}
		where.add("(sort_key, id) > (SELECT sort_key, id FROM persons WHERE id = ?)", key(c.id))
	}
	limit := pageLimit(q.Limit)
	items, err := collect(ctx, r.readers, selectPersons+where.where()+" ORDER BY sort_key, id LIMIT ?", append(where.args, limit+1), scanPerson)
	if err != nil {
		return PersonPage{}, fmt.Errorf("list persons: %w", err)
	}
	page := PersonPage{Items: items}
	if len(items) > limit {
		page.Items = items[:limit]
		page.Next = cursor{id: page.Items[limit-1].ID}.String()
	}
	return page, nil
}

func (c *conditions) addPersonSearch(n needle) {
	c.add("(instr(name_f, ?) OR instr(email_f, ?) OR instr(lower(zoom_user_id), ?))", n.text, n.text, n.lower)
}

// personsCalled returns at most limit people of an account (0: of all) whose name or e-mail address n is a part of.
func (r *Registry) personsCalled(ctx context.Context, n needle, account earshot.ID, limit int) ([]earshot.ID, error) {
	var who conditions
	who.addPersonSearch(n)
	who.addID("account", account)
	return collect(ctx, r.readers, "SELECT id FROM persons"+who.where()+" LIMIT ?", append(who.args, limit), scanID)
}
