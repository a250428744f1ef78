package registry_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/registry"
)

const password = "correct horse battery"

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	ctx := context.Background()
	check(t, r.AddUser(ctx, "test", "admin", password, registry.RoleAdmin))
	check(t, r.AddUser(ctx, "test", "zoë", password, registry.RoleViewer))
	u, err := r.Verify(ctx, "zoë", password)
	if err != nil || u.Name != "zoë" || u.Role != registry.RoleViewer || u.Created == 0 {
		t.Errorf("Verify = %+v, %v", u, err)
	}
	for _, bad := range [][2]string{{"zoë", "wrong"}, {"zoë", ""}, {"nobody", password}, {"", ""}, {"ZOË", password}, {"zoë", strings.Repeat("x", 2000)}} {
		if u, err := r.Verify(ctx, bad[0], bad[1]); !errors.Is(err, registry.ErrBadLogin) || u != (registry.User{}) {
			t.Errorf("Verify(%q, …) = %+v, %v; want ErrBadLogin", bad[0], u, err)
		}
	}
	check(t, r.SetPassword(ctx, "test", "zoë", "another password"))
	check(t, r.SetRole(ctx, "test", "zoë", registry.RoleAdmin))
	if _, err := r.Verify(ctx, "zoë", password); !errors.Is(err, registry.ErrBadLogin) {
		t.Errorf("the old password: %v, want ErrBadLogin", err)
	}
	if u, err := r.Verify(ctx, "zoë", "another password"); err != nil || u.Role != registry.RoleAdmin {
		t.Errorf("the new password: %+v, %v", u, err)
	}
	check(t, r.RemoveUser(ctx, "test", "zoë"))
	if _, err := r.Verify(ctx, "zoë", "another password"); !errors.Is(err, registry.ErrBadLogin) {
		t.Errorf("a deleted user: %v, want ErrBadLogin", err)
	}
	if err := r.RemoveUser(ctx, "test", "zoë"); !errors.Is(err, registry.ErrUnknownUser) {
		t.Errorf("deleting twice: %v, want ErrUnknownUser", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{password, "another password"} {
		if holds(t, dir, secret) {
			t.Error("a password is in the file")
		}
	}
}

// Ten guesses at once, then the next is refused, even the right one; other names are not held up.
func TestVerifyThrottles(t *testing.T) {
	r := open(t, t.TempDir())
	ctx := context.Background()
	if err := r.AddUser(ctx, "test", "a", password, registry.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	// All at once, since a slow machine needs seconds to check ten passwords and one more guess is allowed every five.
	const guesses, burst = 30, 10
	begun := time.Now()
	answers := make(chan error, guesses)
	for range guesses {
		go func() {
			_, err := r.Verify(ctx, "a", "guess")
			answers <- err
		}()
	}
	checked := 0
	for range guesses {
		switch err := <-answers; {
		case errors.Is(err, registry.ErrBadLogin):
			checked++
		case !errors.Is(err, registry.ErrTooManyLogins):
			t.Fatalf("a guess: %v", err)
		}
	}
	if most := burst + int(time.Since(begun)/(5*time.Second)) + 1; checked < burst || checked > most {
		t.Errorf("%d of %d guesses were checked, want %d to %d", checked, guesses, burst, most)
	}
	if _, err := r.Verify(ctx, "b", "guess"); !errors.Is(err, registry.ErrBadLogin) {
		t.Errorf("another name: %v, want ErrBadLogin", err)
	}
}

func TestCreateAdminIfNone(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	ctx := context.Background()
	file := filepath.Join(dir, "admin-password")
	path, err := r.CreateAdminIfNone(ctx, file)
	if err != nil || path != file {
		t.Fatalf("CreateAdminIfNone = %q, %v", path, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v; want 0600", info.Mode(), err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := r.Verify(ctx, registry.AdminName, strings.TrimSpace(string(text))); err != nil || u.Role != registry.RoleAdmin {
		t.Errorf("the password in the file: %+v, %v", u, err)
	}
	if path, err := r.CreateAdminIfNone(ctx, file); err != nil || path != "" {
		t.Errorf("the second time: %q, %v; want nothing", path, err)
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Without the file there is no user, whose password nobody would know.
func TestCreateAdminIfNoneWithoutFile(t *testing.T) {
	r := open(t, t.TempDir())
	if _, err := r.CreateAdminIfNone(context.Background(), filepath.Join(t.TempDir(), "missing", "file")); err == nil {
		t.Error("want an error for a directory that does not exist")
	}
	if users, err := r.Users(context.Background()); err != nil || len(users) != 0 {
		t.Errorf("users %v, %v; want none", users, err)
	}
}

func TestLoginTokens(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	ctx := context.Background()
	if _, err := r.NewLoginToken(ctx, "a", time.Hour); !errors.Is(err, registry.ErrUnknownUser) {
		t.Errorf("a token for nobody: %v, want ErrUnknownUser", err)
	}
	if err := r.AddUser(ctx, "test", "a", password, registry.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	token, err := r.NewLoginToken(ctx, "a", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.UseLoginToken(ctx, token+"x"); !errors.Is(err, registry.ErrBadLogin) {
		t.Errorf("an unknown token: %v, want ErrBadLogin", err)
	}
	if u, err := r.UseLoginToken(ctx, token); err != nil || u.Name != "a" || u.Role != registry.RoleAdmin {
		t.Errorf("UseLoginToken = %+v, %v", u, err)
	}
	if _, err := r.UseLoginToken(ctx, token); !errors.Is(err, registry.ErrBadLogin) {
		t.Errorf("a used token: %v, want ErrBadLogin", err)
	}
	expired, err := r.NewLoginToken(ctx, "a", -time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.UseLoginToken(ctx, expired); !errors.Is(err, registry.ErrBadLogin) {
		t.Errorf("an expired token: %v, want ErrBadLogin", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if holds(t, dir, token) {
		t.Error("the token itself is in the file")
	}
}

func TestSessions(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	s := r.Sessions()
	in := time.Now().Add(time.Hour)
	if err := s.Commit("token-of-a-session", []byte("one"), in); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit("token-of-a-session", []byte("two"), in); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit("expired", []byte("old"), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	find := func(token, want string, wantFound bool) {
		t.Helper()
		data, found, err := s.Find(token)
		if err != nil || found != wantFound || string(data) != want {
			t.Errorf("Find(%q) = %q, %v, %v; want %q, %v", token, data, found, err, want, wantFound)
		}
	}
	find("token-of-a-session", "two", true)
	find("expired", "", false)
	find("unknown", "", false)
	for range 2 {
		if err := s.Delete("token-of-a-session"); err != nil {
			t.Error(err)
		}
	}
	find("token-of-a-session", "", false)
	if err := s.Commit("token-of-a-session", []byte("three"), in); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if holds(t, dir, "token-of-a-session") {
		t.Error("a session's token is in the file")
	}
	data, found, err := open(t, dir).Sessions().Find("token-of-a-session")
	if err != nil || !found || string(data) != "three" {
		t.Errorf("after reopening: %q, %v, %v; want the session", data, found, err)
	}
}

func TestAudit(t *testing.T) {
	r := open(t, t.TempDir())
	ctx := context.Background()
	for _, action := range []string{"login", "user.put", "logout"} {
		if _, err := r.AppendAudit(ctx, registry.AuditEntry{Who: "admin", Action: action, Detail: "zoë"}); err != nil {
			t.Fatal(err)
		}
	}
	newest, err := r.Audit(ctx, 0, 2)
	if err != nil || len(newest) != 2 || newest[0].Action != "logout" || newest[1].Seq != 2 || newest[0].At == 0 {
		t.Fatalf("newest two: %+v, %v", newest, err)
	}
	rest, err := r.Audit(ctx, newest[1].Seq, 0)
	if err != nil || len(rest) != 1 || rest[0].Action != "login" {
		t.Errorf("the rest: %+v, %v", rest, err)
	}
	if err := r.VerifyAudit(ctx); err != nil {
		t.Errorf("VerifyAudit: %v", err)
	}
}

// holds reports whether any file in dir contains text.
func holds(t *testing.T, dir, text string) bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(text)) {
			return true
		}
	}
	return false
}
