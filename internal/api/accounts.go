package api

import (
	"context"

	"github.com/earshot/earshot"
)

// Account is a Zoom account. An endpoint of a master account receives several.
type Account struct {
	ID     earshot.ID `json:"id"`
	ZoomID string     `json:"zoom_id"`
}

// listAccounts answers with all on one page: each is one customer, department or subsidiary.
func (a *API) listAccounts(ctx context.Context, _ *struct{}) (*Page[Account], error) {
	all, err := a.registry.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := &Page[Account]{Items: make([]Account, len(all))}
	for i := range all {
		out.Items[i] = Account{ID: all[i].ID, ZoomID: all[i].ZoomID}
	}
	return out, nil
}
