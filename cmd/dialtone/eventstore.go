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
		need(c.EventStoreUser == "" && c.EventStoreCert == "", "--eventstore-insecure goes without --eventstore-user and --eventstore-tls-cert")
		return errors.Join(problems...)
	}
	need(c.EventStoreCert != "", "eventstore needs --eventstore-tls-cert and --eventstore-tls-key, or --eventstore-insecure on a loopback address")
	need(c.EventStoreUser != "", "eventstore needs --eventstore-user with a password, or --eventstore-insecure on a loopback address")
	return errors.Join(append(problems, c.checkLogin())...)
}

// checkSharing tells what dialtone run lacks to serve its events to other
// machines; on a loopback address it lacks nothing.
func (c *Config) checkSharing() error {
	if c.EventStoreListen == "" || eventsAt(c.EventStore) == remoteEvents {
		return nil
	}
	if isLoopback(c.EventStoreListen) || c.EventStoreCert != "" && c.EventStoreUser != "" {
		return c.checkLogin()
	}
	return fmt.Errorf("--eventstore-listen %s is no loopback address: it needs --eventstore-tls-cert, --eventstore-tls-key and --eventstore-user", c.EventStoreListen)
}

// checkLogin tells what is wrong with certificate and login of the protocol's
// server, for the commands that serve.
func (c *Config) checkLogin() error {
	var problems []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
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
	served, err := eventServer(c, server.Config{Store: store, Advertise: advertised(c.EventStoreListen, listener)}, log)
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
	address := p.config.EventStoreListen
	if address == "" || eventsAt(p.config.EventStore) == remoteEvents {
		p.where.events = shownEvents(p.config.EventStore)
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil && p.config.listensByDefault {
		p.log.Warn("the event store is not served over the EventStoreDB protocol; name another --eventstore-listen", "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("listen for the EventStoreDB protocol: %w", err)
	}
	p.where.events = listener.Addr().String()
	served, err := eventServer(p.config, server.Config{Store: p.store, Advertise: advertised(address, listener), ReadOnly: wire.IsOurs}, p.log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	p.group.Go(func() error { return served.Serve(listener) })
	p.stops.add(fronts, served.Stop)
	return nil
}

// advertised gives the address that clients which discover the node are told to
// dial: the host that was named, which is in the certificate, and the bound port.
// Where no host was named it is this machine's name.
func advertised(named string, listener net.Listener) string {
	host, _, err := net.SplitHostPort(named)
	_, port, _ := net.SplitHostPort(listener.Addr().String()) // bound to it
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			return listener.Addr().String()
		}
	}
	return net.JoinHostPort(host, port)
}
