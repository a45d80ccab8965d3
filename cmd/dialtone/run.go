package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"dialtone/deploy/local/temporald"
)

// roles says what a process does.
type roles struct{ api, worker, projector, sip bool }

func (r roles) all() bool { return r.api && r.worker && r.projector && r.sip }

func roleCommand(name, short string, r roles) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		RunE: configured(func(cmd *cobra.Command, _ []string, c Config) error {
			if err := r.check(name, c); err != nil {
				return fmt.Errorf("%w:\n%w", errConfiguration, err)
			}
			return serve(cmd.Context(), c, r, cmd.OutOrStdout(), newLog(cmd.ErrOrStderr(), c.LogLevel))
		}),
	}
}

// check tells what a role on its own lacks: nothing embedded is shared between
// processes, so everything must be named.
func (r roles) check(name string, c Config) error {
	if r.all() {
		return c.checkSharing()
	}
	var problems []error
	for _, flag := range c.placed {
		problems = append(problems, fmt.Errorf("%s needs --%s, shared with the other roles", name, flag))
	}
	if r.worker && c.Temporal == embedded {
		problems = append(problems, errors.New("worker needs --temporal host:port"))
	}
	if r.worker && (c.SMTP == embedded || c.SMS == embedded) {
		problems = append(problems, errors.New("worker needs --smtp and --sms; the embedded ones live in dialtone run only"))
	}
	return errors.Join(problems...)
}

// drainTime bounds how long stopping may take.
const drainTime = 4500 * time.Millisecond

// process is what runs, and how it is stopped: in the opposite order of starting.
type process struct {
	*house
	roles    roles
	stands   *stands
	temporal *temporald.Server
	group    *errgroup.Group
	listener net.Listener
	stops    stops
	where    struct{ http, sip, events, temporal string }
}

// serve runs the roles until the context ends, then drains and stops.
func serve(ctx context.Context, c Config, r roles, out io.Writer, log *slog.Logger) error {
	if r.all() {
		release, err := lockData(c.Data)
		if err != nil {
			return err
		}
		defer release() //nolint:errcheck // the process ends
	}
	for _, name := range c.unserved() {
		log.Warn("what this setting asks for is not served yet", "setting", name)
	}
	h, err := build(ctx, c, log)
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	group, running := errgroup.WithContext(ctx)
	p := &process{house: h, roles: r, group: group}
	if err := p.start(running); err != nil {
		end()
		return errors.Join(err, p.stop())
	}
	fmt.Fprintf(out, "ready http=%s sip=%s eventstore=%s temporal=%s\n",
		orNone(p.where.http), orNone(p.where.sip), orNone(p.where.events), orNone(p.where.temporal))
	<-running.Done()
	log.Info("stopping")
	return p.stop()
}

func (p *process) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	problems := []error{p.stops.run(ctx)}
	if err := p.group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		problems = append(problems, err)
	}
	return errors.Join(append(problems, p.close())...)
}

// together starts what does not depend on each other at once, and gives the
// first error.
func together(starts ...func() error) error {
	errs := make([]error, len(starts))
	var wait sync.WaitGroup
	for i, start := range starts {
		wait.Go(func() { errs[i] = start() })
	}
	wait.Wait()
	return errors.Join(errs...)
}

func orNone(address string) string {
	if address == "" {
		return "none"
	}
	return address
}
