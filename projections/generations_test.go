package projections

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"dialtone/domain/user"
)

func (v *Views) besideForTest(t *testing.T, p projection) (built tables) {
	t.Helper()
	err := v.writing.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
		built, err = beside(ctx, tx, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func TestABrokenRebuildLeavesNothingToTheNext(t *testing.T) {
	v := openAlone(t, users)
	first := v.besideForTest(t, users)
	row := parked{Projection: "users" + first.generation, Position: 1, Stream: "user-1", Type: "x", Error: "y", At: v.now()}
	if _, err := v.writing.NewInsert().Model(&row).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := v.besideForTest(t, users)
	if first.generation != "_g1" || second.generation != "_g2" {
		t.Errorf("got %s and %s, want a new generation each time", first.generation, second.generation)
	}
	all, err := generations(t.Context(), v.reading, users)
	if err != nil || len(all) != 2 {
		t.Errorf("got %v, %v, want the live tables and the last generation", all, err)
	}
	if n, err := v.reading.NewSelect().TableExpr("parked").Count(t.Context()); err != nil || n != 0 {
		t.Errorf("got %d parked, %v, want those of the broken rebuild dropped", n, err)
	}
}

func TestWhoIsForgottenDuringARebuildIsGoneAfterIt(t *testing.T) {
	v := openAlone(t, users)
	built := v.besideForTest(t, users)
	for _, t2 := range []tables{{}, built} {
		row := userRecord{UserRow: UserRow{ID: "1"}}
		row.take(user.State{ID: "1", Lifecycle: user.Active, Person: user.Person{FirstName: "Ada"}})
		if _, err := v.writing.NewInsert().Model(&row).ModelTableExpr("? AS u", t2.of("users")).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Forget(t.Context(), "user-1"); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"users", "users_g1"} {
		n, err := v.reading.NewSelect().TableExpr(table).Where("first_name <> '' OR search LIKE '%ada%' OR folded LIKE '%Ada%'").Count(t.Context())
		if err != nil || n != 0 {
			t.Errorf("%s: got %d, %v, want nobody", table, n, err)
		}
	}
}

func TestSecretsAreStrippedAtEveryDepth(t *testing.T) {
	for _, test := range []struct {
		name  string
		event interface{ Type() string }
		want  string
	}{
		{"a link", user.LinkIssued{Link: user.Link{ID: "l", Key: "k", Hash: "secret"}}, `{"expiresAt":"0001-01-01T00:00:00Z","id":"l","key":"k"}`},
		{"a credential", user.CredentialSet{Personal: &user.CredentialSum{Password: "secret", PIN: "secret", Answer: "secret"}}, `{}`},
		{"a login", user.DeviceLoginIssued{Username: "u", Realm: "r", Personal: &user.DeviceLogin{HA1: map[string]string{"MD5": "secret"}}}, `{"realm":"r","username":"u"}`},
		{"nothing", user.Suspended{}, `{}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := Shown(test.event); err != nil || string(got) != test.want {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}
