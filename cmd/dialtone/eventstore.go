package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/server"
)

func eventstoreCommand() *cobra.Command {
	return &cobra.Command{
		Use: "eventstore", Short: "The event store alone, over the EventStoreDB protocol", Args: cobra.NoArgs,
		RunE: configured(func(cmd *cobra.Command, _ []string, c Config) error {
			if err := c.checkServing(); err != nil {
				return fmt.Errorf("%w:\n%w", errConfiguration, err)
			}
			return serveEvents(cmd.Context(), c, func(address string) {
				fmt.Fprintf(cmd.OutOrStdout(), "ready http=none sip=none eventstore=%s temporal=none\n", address)
			}, newLog(cmd.ErrOrStderr(), c.LogLevel))
		}),
	}
}

// checkServing tells what the event store lacks to be other roles' store: what
// asks for no login is for this machine only.
func (c *Config) checkServing() error {
	var problems []error
	need := func(ok bool, problem string) {
		if !ok {
			problems = append(problems, errors.New(problem))
		}
	}
	need(eventsAt(c.EventStore) != remoteEvents, "--eventstore is itself served over the protocol; name an SQL store")
	need(c.EventStoreListen != "", "eventstore needs --eventstore-listen host:port")
	if c.EventStoreOpen {
		need(isLoopback(c.EventStoreListen), "--eventstore-insecure is for a loopback address; "+c.EventStoreListen+" is none")
		return errors.Join(problems...)
	}
	need(c.EventStoreCert != "", "eventstore needs --eventstore-tls-cert and --eventstore-tls-key, or --eventstore-insecure on a loopback address")
	need(c.EventStoreUser != "", "eventstore needs --eventstore-user with a password, or --eventstore-insecure on a loopback address")
	return errors.Join(problems...)
}

// checkSharing tells what dialtone run lacks to serve its events to other
// machines; on a loopback address it lacks nothing.
func (c *Config) checkSharing() error {
	if c.EventStoreListen == "" || isLoopback(c.EventStoreListen) || eventsAt(c.EventStore) == remoteEvents || c.EventStoreCert != "" && c.EventStoreUser != "" {
		return nil
	}
	return fmt.Errorf("--eventstore-listen %s is no loopback address: it needs --eventstore-tls-cert, --eventstore-tls-key and --eventstore-user", c.EventStoreListen)
}

// checkListening tells what is wrong with the settings of the protocol's server,
// whichever command it is for.
func (c *Config) checkListening() error {
	var problems []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	if c.EventStoreListen != "" {
		_, _, err := net.SplitHostPort(c.EventStoreListen)
		need(err == nil, "--eventstore-listen is host:port, not %q", c.EventStoreListen)
	}
	need((c.EventStoreCert == "") == (c.EventStoreCertKey == ""), "--eventstore-tls-cert and --eventstore-tls-key belong together")
	if c.EventStoreCert != "" && c.EventStoreCertKey != "" {
		_, err := tls.LoadX509KeyPair(c.EventStoreCert, c.EventStoreCertKey)
		need(err == nil, "--eventstore-tls-cert: %v", err)
	}
	password, err := c.eventsPassword()
	need(err == nil, "--eventstore-password-file: %v", err)
	need(err != nil || (c.EventStoreUser == "") == (password == ""),
		"--eventstore-user and its password (DIALTONE_EVENTSTORE_PASSWORD or --eventstore-password-file) belong together")
	need((c.EventStoreUser == "") == (c.EventStoreCert == "" && c.EventStoreCertKey == ""), "--eventstore-user and --eventstore-tls-cert belong together: a login needs TLS")
	return errors.Join(problems...)
}

// eventsPassword reads the password of --eventstore-user, "" where there is none.
func (c *Config) eventsPassword() (string, error) {
	if c.EventStorePassAt == "" {
		return c.EventStorePass, nil
	}
	raw, err := os.ReadFile(c.EventStorePassAt)
	if err != nil {
		return "", err
	}
	password := strings.TrimRight(string(raw), "\r\n")
	if password == "" {
		return "", errors.New("it holds no password")
	}
	return password, nil
}

// eventServer makes the protocol's server on a store.
func eventServer(c Config, config server.Config, log *slog.Logger) (*server.Server, error) {
	config.Clock, config.NewID, config.Log = time.Now, uuid.NewString, log.With("part", "eventstore")
	if c.EventStoreCert != "" {
		certificate, err := tls.LoadX509KeyPair(c.EventStoreCert, c.EventStoreCertKey)
		if err != nil {
			return nil, fmt.Errorf("read the event store's certificate: %w", err)
		}
		config.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
	if c.EventStoreUser != "" {
		password, err := c.eventsPassword()
		if err != nil {
			return nil, fmt.Errorf("read the event store's password: %w", err)
		}
		config.Login = &server.Login{User: c.EventStoreUser, Password: password}
	}
	return server.New(config)
}

// serveEvents serves the event store until the context ends.
func serveEvents(ctx context.Context, c Config, ready func(address string), log *slog.Logger) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	store, err := openStore(ctx, c, log)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.EventStoreListen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen for the EventStoreDB protocol: %w", err), store.Close())
	}
	served, err := eventServer(c, server.Config{
		Store: store, Advertise: listener.Addr().String(), MaxAppendSize: eventstore.LargestAppend, // the house's own may be large
	}, log)
	if err != nil {
		return errors.Join(err, listener.Close(), store.Close())
	}
	ended := make(chan error, 1)
	go func() { ended <- served.Serve(listener) }()
	ready(listener.Addr().String())
	select {
	case err = <-ended:
	case <-ctx.Done():
		log.Info("stopping")
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		err = errors.Join(served.Stop(stopping), <-ended)
	}
	return errors.Join(err, store.Close())
}

// startEvents serves the house's event store beside everything else, if it is
// one of SQL; its own streams can be read there, not written. The default address may be taken by another house on this machine:
// then this one does without.
func (p *process) startEvents(ctx context.Context) error {
	p.where.events = shownEvents(p.config.EventStore)
	address := p.config.EventStoreListen
	if address == "" || eventsAt(p.config.EventStore) == remoteEvents {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil && address == defaultListen {
		p.log.Warn("the event store is not served over the EventStoreDB protocol; name another --eventstore-listen", "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("listen for the EventStoreDB protocol: %w", err)
	}
	p.where.events = listener.Addr().String()
	served, err := eventServer(p.config, server.Config{Store: p.store, Advertise: p.where.events, ReadOnly: ownStream}, p.log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	p.group.Go(func() error { return served.Serve(listener) })
	p.stops.add(fronts, served.Stop)
	return nil
}

// ownStream tells whether a stream, or the one whose metadata it holds, is the
// house's.
func ownStream(stream string) bool {
	if subject, ok := eventstore.MetaOf(stream); ok {
		stream = subject
	}
	return wire.IsOurs(stream)
}
