package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	sdkclient "go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/projections/routing"
	"dialtone/workers"
	"dialtone/workers/sip"
)

// start starts everything the roles need and returns when it is ready.
func (p *process) start(ctx context.Context) error {
	if err := p.listen(ctx); err != nil {
		return err
	}
	if p.roles.all() {
		var err error
		if p.stands, err = startStands(context.WithoutCancel(ctx), p.config, p.log); err != nil {
			return err
		}
		p.stops.add(grounds, p.stands.stop)
	}
	if p.roles.all() {
		if err := p.startEvents(ctx); err != nil {
			return err
		}
	}
	if p.roles.projector {
		p.group.Go(func() error {
			if err := p.belongs(ctx); err != nil {
				return err
			}
			return p.views.Run(ctx, p.journal)
		})
	}
	starts := []func() error{}
	if p.roles.all() && slices.Contains(p.config.placed, "eventstore") { // nobody else has it
		starts = append(starts, func() error { p.tidyUp(ctx); return nil })
	}
	if p.roles.worker {
		starts = append(starts, func() error { return p.startWorker(ctx) })
	}
	if p.roles.sip {
		starts = append(starts, func() error { return p.startSIP(ctx) })
	}
	if err := together(starts...); err != nil {
		return err
	}
	if p.roles.api {
		return p.startAPI(ctx)
	}
	return nil
}

// belongs refuses to go on with the read models of another event store. It asks
// until the store answers.
func (p *process) belongs(ctx context.Context) error {
	for {
		err := p.views.Belongs(ctx, p.store)
		if err == nil || domain.KindOf(err) == domain.Conflict || ctx.Err() != nil {
			return err
		}
		p.log.Warn("it is not known yet whether the read models belong to the event store", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// tidyUp gives back what orders had claimed that a crash cut off. Having the
// data folder to itself, the process knows that nobody is at work on them.
func (p *process) tidyUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
	defer cancel()
	head, err := p.store.Head(ctx)
	if err == nil {
		err = p.views.WaitFor(ctx, head)
	}
	if err != nil {
		p.log.Warn("what was cut off is left to the sweep", "error", err)
		return
	}
	p.sweep().Everything(ctx)
}

func (p *process) sweep() *workers.Sweep {
	return &workers.Sweep{Journal: p.journal, Overdue: p.views, Log: p.log.With("part", "sweep")}
}

// startWorker starts what follows facts: reactor, workflows and sweep. With a
// Temporal server of one's own that is away, it goes on trying in the background.
func (p *process) startWorker(ctx context.Context) error {
	p.where.temporal = p.config.Temporal
	if p.config.Temporal == embedded {
		server, err := startTemporal(ctx, p.config, p.log)
		if err != nil {
			return err
		}
		p.temporal = server
		p.stops.add(grounds, server.Stop)
		p.where.temporal = server.Address()
	}
	users, err := p.users()
	if err != nil {
		return err
	}
	sweep := p.sweep()
	p.group.Go(func() error { return sweep.Run(ctx) })
	client, err := sdkclient.NewLazyClient(sdkclient.Options{
		HostPort: p.where.temporal, Namespace: p.config.TemporalNamespace,
		Logger: sdklog.NewStructuredLogger(p.log.With("part", "workflows")),
	})
	if err != nil {
		return fmt.Errorf("prepare the Temporal client: %w", err)
	}
	p.stops.add(grounds, func(context.Context) error { client.Close(); return nil })
	if p.temporal != nil {
		return p.provision(ctx, client, users)
	}
	p.group.Go(func() error {
		for ctx.Err() == nil {
			err := p.provision(ctx, client, users)
			if err == nil {
				return nil
			}
			p.log.Warn("Temporal does not answer; trying again", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(2 * time.Second):
			}
		}
		return nil
	})
	return nil
}

func (p *process) provision(ctx context.Context, client sdkclient.Client, users *activities.Users) error {
	maker, err := vendor(p.config, p.stands)
	if err != nil {
		return err
	}
	provisioning, err := workers.StartProvisioning(client, users, &activities.Companies{Journal: p.journal, Network: users.Network},
		&activities.SIMs{Journal: p.journal, Vendor: maker, ClaimKey: p.secrets[secretClaims]})
	if err != nil {
		return err
	}
	reactor := &workers.Reactor{
		Journal: p.journal, Checkpoints: p.views, Temporal: client, Holder: p.holder(), Log: p.log.With("part", "reactor"),
	}
	p.group.Go(func() error { return reactor.Run(ctx) })
	p.stops.add(fronts, func(context.Context) error { provisioning.Stop(); return nil })
	return nil
}

// holder names this process for leases. All roles in one process have the data
// folder to themselves: after a crash they go on at once, with the lease they had.
func (p *process) holder() string {
	if p.roles.all() {
		return "run"
	}
	return uuid.NewString()
}

// users puts together what the activities need.
func (p *process) users() (*activities.Users, error) {
	mail, err := courier(p.config, p.stands)
	if err != nil {
		return nil, err
	}
	sms, err := messenger(p.config, p.stands)
	if err != nil {
		return nil, err
	}
	texts, err := activities.NewTexts()
	if err != nil {
		return nil, err
	}
	users := &activities.Users{
		Journal: p.journal, Mail: mail, SMS: sms, Texts: texts,
		LinkKey: p.secrets[secretLinks], ClaimKey: p.secrets[secretClaims], PublicURL: p.config.PublicURL,
	}
	users.Leaders, users.Memberships, users.Network = leaders{p.house}, p.views, noNetwork{}
	users.Keys, users.Readers = p.keys, p.views
	if p.stands != nil {
		users.Network = p.stands.Network
	}
	return users, nil
}

// startSIP starts the routing table and the SIP worker. Calls are taken once the
// table has caught up.
func (p *process) startSIP(ctx context.Context) error {
	table := routing.NewFollower(routing.Config{
		Store: p.store, Decoder: p.journal.Codec(),
		Snapshot: filepath.Join(p.config.Data, "routing.snapshot"), Key: p.secrets[secretSnapshot],
		Random: rand.Reader, Clock: time.Now, Log: p.log.With("part", "routing"),
	})
	p.group.Go(func() error { return table.Follow(ctx) })
	select {
	case <-table.Ready():
	case <-ctx.Done():
		return ctx.Err()
	}
	trunk, err := trunkAddress(p.config.Trunk)
	if err != nil {
		return err
	}
	worker, err := sip.New(sip.Config{
		Address: p.config.SIP, Domain: p.config.SIPDomain, Trunk: trunk, Table: table.Current,
		Registrations: sip.NewRows(p.views.DB()), NonceKey: p.secrets[secretNonces],
		Clock: time.Now, Log: p.log.With("part", "sip"), Random: rand.Reader,
	})
	if err != nil {
		return err
	}
	if err := worker.Start(ctx); err != nil {
		return fmt.Errorf("start SIP: %w", err)
	}
	p.where.sip = worker.Addr()
	p.stops.add(fronts, worker.Stop)
	return nil
}
