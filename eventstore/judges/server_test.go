package judges_test

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/eventstore/server"
	"dialtone/eventstore/sqlstore"
	"dialtone/eventstore/storetest/pgserver"
)

// asServer makes this test binary the server when it is set.
const asServer = "JUDGES_TEST_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Setenv(asServer, "1") // for this binary's children, Node's included
		os.Exit(pgserver.Run(m))
	}
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serverCommand is what starts a server, but for where it listens and keeps its
// files: dialtone itself if the environment names it and it can, or this binary,
// which takes the same flags.
func serverCommand(t *testing.T, flags ...string) []string {
	t.Helper()
	if binary := os.Getenv("DIALTONE_BINARY"); binary != "" {
		if exec.CommandContext(t.Context(), binary, "eventstore", "--help").Run() == nil {
			return append([]string{binary, "eventstore"}, flags...)
		}
	}
	return append([]string{os.Args[0], "eventstore"}, flags...)
}

var readyLine = regexp.MustCompile(`^ready .*eventstore=(\S+)`)

// startServer starts a server on a port of its own and gives its address. It
// ends with the test.
func startServer(t *testing.T, command []string) string {
	t.Helper()
	arguments := append(command[1:len(command):len(command)], "--data", t.TempDir(), "--eventstore-listen", "127.0.0.1:0")
	cmd := exec.Command(command[0], arguments...)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server: %v", err)
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if match := readyLine.FindStringSubmatch(lines.Text()); match != nil {
			return match[1]
		}
	}
	t.Fatal("the server ended before it was ready")
	return ""
}

// options are the flags of dialtone eventstore that the judges use.
type options struct {
	data, listen, store, cert, key, user string
	insecure                             bool
}

func parse(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet(arguments[0], flag.ContinueOnError)
	flags.StringVar(&o.data, "data", "", "folder")
	flags.StringVar(&o.listen, "eventstore-listen", "", "host:port")
	flags.StringVar(&o.store, "eventstore", "", "postgres://…; SQLite in the folder by default")
	flags.StringVar(&o.cert, "eventstore-tls-cert", "", "PEM file")
	flags.StringVar(&o.key, "eventstore-tls-key", "", "PEM file")
	flags.StringVar(&o.user, "eventstore-user", "", "its password is in the environment")
	flags.BoolVar(&o.insecure, "eventstore-insecure", false, "no TLS and no login")
	return o, flags.Parse(arguments[1:])
}

// serve serves a store until the process is asked to end.
func serve(arguments []string) error {
	o, err := parse(arguments)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	dsn := cmp.Or(o.store, "sqlite:"+filepath.Join(o.data, "events.db"))
	store, err := sqlstore.Open(ctx, sqlstore.Config{DSN: dsn, Clock: time.Now})
	if err != nil {
		return err
	}
	config := server.Config{
		Store: store, Clock: time.Now, NewID: uuid.NewString,
		WriteTimeout: time.Minute, // the machine may be busy
	}
	if !o.insecure {
		certificate, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return err
		}
		config.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
		config.Login = &server.Login{User: o.user, Password: os.Getenv("DIALTONE_EVENTSTORE_PASSWORD")}
	}
	served, err := server.New(config)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	fmt.Printf("ready http=none sip=none eventstore=%s temporal=none\n", listener.Addr())
	go func() {
		<-ctx.Done()
		stopping, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		served.Stop(stopping)
	}()
	return errors.Join(served.Serve(listener), store.Close())
}
