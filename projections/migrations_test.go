package projections

import (
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
)

func sound(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What a read model of before has in its rows is filled into the columns that
// came later: nobody has to rebuild.
func TestWhatWasThereBeforeALaterMigrationIsFilledIn(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "p.db")
	writing, reading, err := openDatabase(file)
	sound(t, err)
	files, err := fs.Sub(migrations, "migrations")
	sound(t, err)
	provider, err := goose.NewProvider(goose.DialectSQLite3, writing.DB, files, goose.WithDisableGlobalRegistry(true))
	sound(t, err)
	_, err = provider.UpTo(t.Context(), 5)
	sound(t, err)
	write := func(query string, values ...any) {
		_, err := writing.DB.ExecContext(t.Context(), query, values...)
		sound(t, err)
	}
	for id, u := range map[string]struct{ first, last, folded string }{
		"helpless": {"Ada", "Lovelace", `{"Lifecycle":"activated","Started":true,"Credential":{"HelpFrom":"admin"}}`},
		"boss":     {"Grace", "Hopper", `{"Lifecycle":"activated","Started":true,"Credential":{"Admin":true}}`},
		"number":   {"", " ", `{"Lifecycle":"pending","Started":false,"Credential":{}}`},
		"waiting":  {"Ida", "Rhodes", `{"Lifecycle":"pending","Started":false,"Credential":{"HelpFrom":""}}`},
	} {
		write(`INSERT INTO users (id, company, site, state, first_name, last_name, directory_first_name,
			directory_last_name, email, mobile, mobile_number, contract_number, mac, number, extension, licence, device, language, link_state,
			credential_state, login_username, suspended, erased, created_at, updated_at, revision, position, born, search, folded)
			VALUES (?, 'c', '', '', ?, ?, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', FALSE, FALSE,
			'2026-05-04 08:00:00', '2026-05-05 09:00:00', 1, 1, 1, '', ?)`, id, u.first, u.last, u.folded)
	}
	write(`INSERT INTO numbers (number, company, user_id, state, since, revision, position) VALUES
		('+491', 'c', '', 'free', '2026-05-04 08:00:00', 0, 1), ('+492', 'c', 'boss', 'assigned', '2026-05-04 08:00:00', 0, 2)`)
	sound(t, writing.Close())
	sound(t, reading.Close())

	v, err := Open(t.Context(), Config{DSN: file, Clock: time.Now})
	sound(t, err)
	t.Cleanup(func() { _ = v.Close() })
	for of, want := range map[string]string{
		`SELECT group_concat(id || ' ' || help_from || ' ' || help_since) FROM users WHERE help_from <> ''`:                       "helpless admin 2026-05-05 09:00:00",
		`SELECT group_concat(id) FROM users WHERE admin`:                                                                          "boss",
		`SELECT group_concat(user_id || ' ' || name || ' ' || state || ' ' || cause || ' ' || responsible) FROM activation_steps`: "number details waiting details-missing admin",
		`SELECT group_concat(number || ' ' || state, ', ' ORDER BY number) FROM numbers`:                                          "+491 idle, +492 assigned",
	} {
		var got string
		sound(t, v.reading.QueryRowContext(t.Context(), of).Scan(&got))
		if got != want {
			t.Errorf("%s: got %q, want %q", of, got, want)
		}
	}
}
