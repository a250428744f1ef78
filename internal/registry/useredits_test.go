package registry_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/earshot/earshot/internal/registry"
)

func TestAddUserRefuses(t *testing.T) {
	r, ctx := open(t, t.TempDir()), t.Context()
	if err := r.AddUser(ctx, "test", "zoë", password, registry.RoleViewer); !errors.Is(err, registry.ErrLastAdmin) {
		t.Errorf("a viewer as the first user: %v; want ErrLastAdmin", err)
	}
	check(t, r.AddUser(ctx, "test", "Zoë", password, registry.RoleAdmin))
	for _, tt := range []struct{ name, password, role, want string }{
		{"", password, "admin", "1 to 128 bytes"}, {"a\nb", password, "admin", "printable"}, {" a", password, "admin", "no space at its ends"},
		{strings.Repeat("a", 129), password, "admin", "1 to 128 bytes"}, {"a\xff", password, "admin", "printable"},
		{"EARSHOT_API_TOKEN", password, "viewer", "choose another"}, {"earshot", password, "viewer", "choose another"},
		{registry.AtCommandLine("root"), password, "viewer", "choose another"},
		{"a", "short", "admin", "at least 12 characters; this one has 5"}, {"a", strings.Repeat("x", 1025), "admin", "at most 1024 bytes"},
		{"a", password, "root", "there are admin and viewer"},
		{"Zoë", password, "admin", "there is a user Zoë already"}, {"zoe", password, "viewer", "could be taken for it"},
	} {
		err := r.AddUser(ctx, "test", tt.name, tt.password, registry.Role(tt.role))
		var refused *registry.UserError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), password) {
			t.Errorf("AddUser(%q, %q): %v; want a refusal with %q", tt.name, tt.role, err, tt.want)
		}
	}
	if users, err := r.Users(ctx); err != nil || len(users) != 1 {
		t.Errorf("users %v, %v; want the first alone", users, err)
	}
	if err := r.SetPassword(ctx, "test", "Zoë", "short"); err == nil {
		t.Error("a short password is taken")
	}
	if err := r.SetPassword(ctx, "test", "nobody", password); !errors.Is(err, registry.ErrUnknownUser) {
		t.Errorf("a password for nobody: %v", err)
	}
	if err := r.SetRole(ctx, "test", "nobody", registry.RoleAdmin); !errors.Is(err, registry.ErrUnknownUser) {
		t.Errorf("a role for nobody: %v", err)
	}
	if log, err := r.Audit(ctx, 0, 0); err != nil || len(log) != 1 || log[0].Action != "user.add" || log[0].Detail != "Zoë as admin" || log[0].Who != "test" {
		t.Errorf("audit %+v, %v; want the one edit that was made", log, err)
	}
}

// However users are edited: there is an admin from the first user on, every edit that was made is in the audit log with its
// words and no other, and whoever was changed has a new time of change and no login token left.
func TestUserEditsKeepAnAdmin(t *testing.T) {
	r, ctx := open(t, t.TempDir()), t.Context()
	names := []string{"ada", "bo", "cy"}
	for _, n := range names { // hashes cost: they are made once
		check(t, r.AddUser(ctx, "test", n, password, registry.RoleAdmin))
	}
	hashes := 0
	rapid.Check(t, func(rt *rapid.T) {
		before, err := r.Users(ctx)
		check(t, err)
		log, err := r.Audit(ctx, 0, 1)
		check(t, err)
		name := rapid.SampledFrom(names).Draw(rt, "name")
		at := slices.IndexFunc(before, func(u registry.User) bool { return u.Name == name })
		token := ""
		if at >= 0 {
			token, err = r.NewLoginToken(ctx, name, time.Hour)
			check(t, err)
		}
		told, want, edited := r.UsersChanged(), "", error(nil)
		switch role := rapid.SampledFrom([]registry.Role{registry.RoleAdmin, registry.RoleViewer}).Draw(rt, "role"); rapid.SampledFrom([]string{"role", "remove", "add"}).Draw(rt, "edit") {
		case "role":
			edited = r.SetRole(ctx, "test", name, role)
			if at >= 0 && before[at].Role != role {
				want = fmt.Sprintf("user.role %s, %s before, is %s", name, before[at].Role, role)
			}
		case "remove":
			edited = r.RemoveUser(ctx, "test", name)
			if at >= 0 {
				want = fmt.Sprintf("user.remove %s, who was %s", name, before[at].Role)
			}
		case "add":
			if at >= 0 || hashes >= 10 {
				return
			}
			hashes++
			edited = r.AddUser(ctx, "test", name, password, role)
			want = fmt.Sprintf("user.add %s as %s", name, role)
		}
		if edited != nil {
			if !errors.Is(edited, registry.ErrUnknownUser) && !errors.Is(edited, registry.ErrLastAdmin) {
				rt.Fatal(edited)
			}
			want = ""
		}
		after, err := r.Users(ctx)
		check(t, err)
		if !slices.ContainsFunc(after, func(u registry.User) bool { return u.Role == registry.RoleAdmin }) {
			rt.Fatalf("no admin is left of %+v: %+v", before, after)
		}
		got := ""
		if now, err := r.Audit(ctx, 0, 1); err != nil {
			rt.Fatal(err)
		} else if now[0].Seq > log[0].Seq {
			got = now[0].Action + " " + now[0].Detail
		}
		if got != want {
			rt.Fatalf("the audit log got %q, want %q (%v)", got, want, edited)
		}
		select {
		case <-told:
			if want == "" {
				rt.Fatal("told of a change that was none")
			}
		default:
			if want != "" {
				rt.Fatalf("not told of %s", want)
			}
		}
		if token == "" {
			return
		}
		_, err = r.UseLoginToken(ctx, token)
		if good := want == ""; (err == nil) != good {
			rt.Fatalf("after %q a login token made before it: %v", want, err)
		}
		if now := slices.IndexFunc(after, func(u registry.User) bool { return u.Name == name }); want != "" && now >= 0 && after[now].Changed <= before[at].Changed {
			rt.Fatalf("changed at %d, after a change at %d", after[now].Changed, before[at].Changed)
		}
	})
	if err := r.VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}
