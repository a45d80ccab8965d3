package sqlstore_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest/pgserver"
)

// floorScript inserts rows like those of the benchmark into the same table.
const floorScript = `insert into events select p, 'user-' || :client_id || '-' || p / 20, p, gen_random_uuid(), 'user.changed.v1',
 ('{"name":"' || repeat('x', 140) || '"}')::bytea, ('{"command":"' || repeat('y', 130) || '"}')::bytea, p, 0
 from nextval('positions') as p;
`

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// BenchmarkPostgresAppend50Writers appends as BenchmarkAppend50Writers does,
// beside 50 clients of pgbench that insert rows of the same size into the same
// table on the same server, each row its own transaction. Both wait for the disk.
func BenchmarkPostgresAppend50Writers(b *testing.B) {
	server := pgserver.Own(b, pgserver.Config{})
	dsn, err := server.NewDatabase(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	store, err := sqlstore.Open(b.Context(), sqlstore.Config{DSN: dsn, Clock: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	ours := append50(b, store)
	floor := pgbench(b, server, b.N)
	b.ReportMetric(floor, "pgbench/s")
	b.ReportMetric(ours/floor, "ratio")
}

// BenchmarkPostgresWakesSubscribers measures how long after an append of another
// store was answered a subscriber has the event.
func BenchmarkPostgresWakesSubscribers(b *testing.B) {
	server := pgserver.Own(b, pgserver.Config{})
	dsn, err := server.NewDatabase(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var stores [2]*sqlstore.Store
	for i := range stores {
		if stores[i], err = sqlstore.Open(b.Context(), sqlstore.Config{DSN: dsn, Clock: time.Now}); err != nil {
			b.Fatal(err)
		}
		defer stores[i].Close()
	}
	arrived := make(chan time.Time)
	go func() {
		for message, err := range stores[0].Subscribe(b.Context(), 0) {
			if err != nil {
				return
			}
			if message.Kind == eventstore.EventAppeared {
				arrived <- time.Now()
			}
		}
	}()
	late := make([]time.Duration, b.N)
	b.ResetTimer()
	for n := range late {
		if err := appendTo(stores[1], "s", event(n)); err != nil {
			b.Fatal(err)
		}
		answered := time.Now()
		late[n] = (<-arrived).Sub(answered)
	}
	b.StopTimer()
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(late[len(late)*99/100].Microseconds())/1000, "p99-ms")
}

func pgbench(b *testing.B, server *pgserver.Server, count int) float64 {
	b.Helper()
	dsn, err := server.NewDatabase(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	store, err := sqlstore.Open(b.Context(), sqlstore.Config{DSN: dsn, Clock: time.Now}) // makes the table
	if err != nil {
		b.Fatal(err)
	}
	connection, err := pgx.Connect(b.Context(), dsn)
	if err == nil {
		_, err = connection.Exec(b.Context(), `create sequence positions`)
	}
	script := filepath.Join(b.TempDir(), "insert.sql")
	if err != nil || store.Close() != nil || os.WriteFile(script, []byte(floorScript), 0o600) != nil {
		b.Fatal(err)
	}
	defer connection.Close(b.Context())
	const clients = 50
	output, err := exec.CommandContext(b.Context(), filepath.Join(server.Programs(), "pgbench"), "--no-vacuum", "--protocol", "prepared",
		"--client", strconv.Itoa(clients), "--jobs", "2", "--transactions", fmt.Sprint(max(1, count/clients)), "--file", script, dsn).CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v: %s", err, output)
	}
	found := tps.FindSubmatch(output)
	if found == nil {
		b.Fatalf("pgbench says %s", output)
	}
	perSecond, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return perSecond
}
