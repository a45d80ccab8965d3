// Package pgserver runs a PostgreSQL server of its own for tests: on a free
// port of 127.0.0.1, in a temporary folder, with a password. It can be stopped,
// killed and started again on the same folder.
package pgserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrMissing is the error of a machine without PostgreSQL's programs.
var ErrMissing = errors.New("PostgreSQL's programs initdb and postgres are not installed")

const owner = "dialtone" // the user the tests log in as

// Config says what differs from PostgreSQL's defaults.
type Config struct {
	Settings map[string]string // of postgresql.conf, such as fsync
}

// Server is one cluster of databases. Its methods are safe for concurrent use.
type Server struct {
	programs string // folder of initdb and postgres
	folder   string // everything: the cluster, its log, the password's file
	settings map[string]string
	port     int // stays the same, so that clients find it again
	password string
	mu       sync.Mutex
	running  *process // nil: stopped
	created  int      // databases and schemas
}

// Start makes a cluster and starts its server. As root it runs as the user
// postgres, since the server refuses to be root.
func Start(ctx context.Context, config Config) (*Server, error) {
	programs, err := find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "pgserver-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	s := &Server{programs: programs, folder: folder, settings: config.Settings, password: rand.Text()}
	if err := s.initialise(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	for attempt := 0; ; attempt++ { // another program may take the port first
		if s.port, err = freePort(ctx); err == nil {
			err = s.Restart(ctx)
		}
		if err == nil {
			return s, nil
		}
		if attempt == 3 || ctx.Err() != nil {
			return nil, errors.Join(err, os.RemoveAll(folder))
		}
	}
}

func freePort(ctx context.Context) (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// Restart starts a server that was stopped or killed, and waits until it
// answers: after a kill, until it has recovered.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.running == nil {
			started, err := s.launch()
			if err != nil {
				return err
			}
			s.running = started
		}
		err := s.ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("start PostgreSQL: %w: %w", ctx.Err(), err)
		case <-s.running.ended:
			s.running = nil
			if !s.remains() {
				return fmt.Errorf("PostgreSQL has ended at once: %s", s.lastWords())
			}
			time.Sleep(20 * time.Millisecond) // until what was killed lets go of the cluster's memory
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	connection, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return err
	}
	return connection.Close(ctx)
}

// Stop shuts the server down at once but properly: transactions are rolled
// back, connections cut.
func (s *Server) Stop() { s.end(syscall.SIGINT) }

// Kill ends all of the server's processes with SIGKILL, as a crash would. What
// it has not written is lost; the folder stays.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

func (s *Server) end(signal syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		s.running.end(signal)
		s.running = nil
	}
}

// Close stops the server and removes its folder.
func (s *Server) Close() error {
	s.Stop()
	return os.RemoveAll(s.folder)
}

// DSN is the connection string of a database, with user and password.
func (s *Server) DSN(database string) string {
	return (&url.URL{
		Scheme: "postgres", User: url.UserPassword(owner, s.password), Path: "/" + database,
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), RawQuery: "sslmode=disable",
	}).String()
}

// Password is what the tests look for where it must not stand.
func (s *Server) Password() string { return s.password }

// Folder is where the cluster's files are.
func (s *Server) Folder() string { return s.path("cluster") }

// Programs is the folder of the server's programs, pgbench among them.
func (s *Server) Programs() string { return s.programs }

// NewDatabase makes an empty database and gives its connection string.
func (s *Server) NewDatabase(ctx context.Context) (dsn string, err error) {
	name, err := s.create(ctx, "database")
	return s.DSN(name), err
}

// NewSchema makes an empty schema, which is much faster than a database, and
// gives the connection string of one who sees nothing else.
func (s *Server) NewSchema(ctx context.Context) (dsn string, err error) {
	name, err := s.create(ctx, "schema")
	return s.DSN("postgres") + "&search_path=" + name, err
}

func (s *Server) create(ctx context.Context, kind string) (name string, err error) {
	s.mu.Lock()
	s.created++
	name = fmt.Sprintf("test_%d", s.created)
	s.mu.Unlock()
	connection, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err == nil {
		_, err = connection.Exec(ctx, "create "+kind+" "+name)
		err = errors.Join(err, connection.Close(ctx))
	}
	if err != nil {
		return "", fmt.Errorf("make a %s: %w", kind, err)
	}
	return name, nil
}

func (s *Server) path(name string) string { return filepath.Join(s.folder, name) }
