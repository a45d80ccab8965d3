// Package temporald runs a Temporal server inside the process: one SQLite file,
// loopback listeners only, tuned for a small machine. `dialtone run` uses it so
// that nothing has to be installed; bigger installations point --temporal at a
// cluster instead.
package temporald

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/server/common/authorization"
	serverconfig "go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"
)

// Namespace is the one namespace the server is made with.
const Namespace = "default"

// Config says where the server keeps its state and where it listens.
type Config struct {
	File     string       // SQLite file, made at the first start; its folder must exist
	Frontend string       // host:port of the gRPC frontend, loopback only; port 0 or "" takes a free one
	UI       string       // host:port of the Web UI, loopback only, port 0 takes a free one; "" leaves it out
	Log      *slog.Logger // gets warnings and errors only
}

// Server is a running Temporal server, with its Web UI where one was asked for.
type Server struct {
	engine   temporal.Server
	frontend string
	ui       *webUI
	log      *slog.Logger
	level    *slog.LevelVar
	stopped  sync.Once
	done     chan error // gets what stopping the engine came to
}

// Start brings the server up and returns when its namespace answers. A second
// start on the same file resumes timers and pending activities, also after the
// process was killed. One process at a time may use a file.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	hosts, err := reserve(ctx, cfg.Frontend)
	if err != nil {
		return nil, err
	}
	store := storeConfig(cfg.File)
	if err := prepareStore(ctx, cfg.File, store); err != nil {
		return nil, fmt.Errorf("prepare the Temporal store: %w", err)
	}
	level := &slog.LevelVar{}
	level.Set(starting)
	server := &Server{frontend: hosts.frontend, level: level, log: quiet(cfg.Log, level), done: make(chan error, 1)}
	if server.engine, err = newEngine(hosts, store, logger{server.log}); err != nil {
		return nil, fmt.Errorf("build the Temporal server: %w", err)
	}
	if err := server.run(ctx, cfg.UI); err != nil {
		return nil, errors.Join(err, server.Stop(context.WithoutCancel(ctx)))
	}
	level.Set(serving)
	return server, nil
}

func (s *Server) run(ctx context.Context, ui string) error {
	if err := s.engine.Start(); err != nil {
		return fmt.Errorf("start the Temporal server: %w", err)
	}
	if err := awaitNamespace(ctx, s.frontend); err != nil {
		return fmt.Errorf("wait for Temporal's namespace: %w", err)
	}
	if ui == "" {
		return nil
	}
	var err error
	if s.ui, err = startUI(ctx, ui, s.frontend, s.log); err != nil {
		return fmt.Errorf("start Temporal's Web UI: %w", err)
	}
	return nil
}

// Address is the frontend's host:port, what a Temporal client dials.
func (s *Server) Address() string { return s.frontend }

// UIAddress is the Web UI's host:port, "" where there is none.
func (s *Server) UIAddress() string {
	if s.ui == nil {
		return ""
	}
	return s.ui.address
}

// Stop ends the UI and the server, waiting no longer than ctx allows. What is
// on disk is complete at every moment, so giving up early loses nothing.
// Stopping again waits again.
func (s *Server) Stop(ctx context.Context) error {
	s.stopped.Do(func() {
		s.level.Set(stopping)
		go func() {
			s.done <- errors.Join(s.ui.stop(), s.engine.Stop())
			close(s.done)
		}()
	})
	select {
	case err := <-s.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("stop the Temporal server: %w", ctx.Err())
	}
}

func newEngine(hosts hosts, store *serverconfig.SQL, log logger) (temporal.Server, error) {
	return temporal.NewServer(
		temporal.WithConfig(engineConfig(hosts, store)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts.static()),
		temporal.WithLogger(log),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*serverconfig.Config) authorization.ClaimMapper {
			return authorization.NewNoopClaimMapper()
		}),
		temporal.WithDynamicConfigClient(tuning()),
	)
}

// awaitNamespace asks until the namespace answers or ctx ends.
func awaitNamespace(ctx context.Context, frontend string) error {
	connection, err := client.NewLazyClient(client.Options{
		HostPort: frontend, Namespace: Namespace,
		Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return err
	}
	defer connection.Close()
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for {
		_, err := connection.WorkflowService().DescribeNamespace(ctx, describeNamespace)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-pace.C:
		}
	}
}
