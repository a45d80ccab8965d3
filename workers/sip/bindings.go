package sip

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"dialtone/projections/routing"
)

// Binding is one registered contact of a login (RFC 3261 §10).
type Binding struct {
	Username  string // the login, which is the user part of the address of record
	Contact   string // the contact's URI as it was registered
	CallID    string
	CSeq      uint32
	Expires   time.Time
	Received  string // ip:port the REGISTER came from
	Transport string // udp or tcp
	Path      string // RFC 3327, empty so far
	Instance  string // +sip.instance (RFC 5626), empty for none
	Updated   time.Time
}

// Registrations keeps bindings over a restart. Both changes hold or fail as a
// whole.
type Registrations interface {
	// Replace removes contacts of a login and saves bindings of it.
	Replace(ctx context.Context, username string, remove []string, save []Binding) error
	// Load gives all bindings.
	Load(ctx context.Context) ([]Binding, error)
	// Sweep removes what expired before a moment.
	Sweep(ctx context.Context, before time.Time) error
}

// bindings is the cache in front of Registrations: calls read it only.
type bindings struct {
	rows Registrations

	mu     sync.Mutex
	byUser map[string][]Binding
	queue  map[string]*sync.Mutex // one writer per login
}

func loadBindings(ctx context.Context, rows Registrations) (*bindings, error) {
	b := &bindings{rows: rows, byUser: map[string][]Binding{}, queue: map[string]*sync.Mutex{}}
	all, err := rows.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load registrations: %w", err)
	}
	for _, binding := range all {
		b.byUser[binding.Username] = append(b.byUser[binding.Username], binding)
	}
	return b, nil
}

// of gives the bindings of a login that hold at a moment, the latest first.
func (b *bindings) of(username string, now time.Time) []Binding {
	b.mu.Lock()
	held := slices.Clone(b.byUser[username])
	b.mu.Unlock()
	held = slices.DeleteFunc(held, func(x Binding) bool { return !x.Expires.After(now) })
	slices.SortStableFunc(held, func(x, y Binding) int { return y.Updated.Compare(x.Updated) })
	return held
}

// lock makes sure that one REGISTER of a login is judged at a time.
func (b *bindings) lock(username string) (unlock func()) {
	b.mu.Lock()
	turn, known := b.queue[username]
	if !known {
		turn = &sync.Mutex{}
		b.queue[username] = turn
	}
	b.mu.Unlock()
	turn.Lock()
	return turn.Unlock
}

// change writes through: first the rows, then the cache.
func (b *bindings) change(ctx context.Context, username string, remove []string, save []Binding) error {
	if len(remove)+len(save) == 0 {
		return nil
	}
	if err := b.rows.Replace(ctx, username, remove, save); err != nil {
		return fmt.Errorf("keep registrations: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	held := slices.DeleteFunc(slices.Clone(b.byUser[username]), func(x Binding) bool {
		return slices.Contains(remove, x.Contact) || slices.ContainsFunc(save, func(y Binding) bool { return y.Contact == x.Contact })
	})
	if held = append(held, save...); len(held) == 0 {
		delete(b.byUser, username)
	} else {
		b.byUser[username] = held
	}
	return nil
}

// sweep drops what has expired, and what belongs to no login of the table any
// more, in the cache and in the rows.
func (b *bindings) sweep(ctx context.Context, now time.Time, table *routing.Table) error {
	if err := b.forget(ctx, table); err != nil {
		return err
	}
	b.mu.Lock()
	for username, held := range b.byUser {
		held = slices.DeleteFunc(slices.Clone(held), func(x Binding) bool { return !x.Expires.After(now) })
		if len(held) == 0 {
			delete(b.byUser, username)
		} else {
			b.byUser[username] = held
		}
	}
	b.mu.Unlock()
	return b.rows.Sweep(ctx, now)
}

// forget drops the bindings of logins that the table does not know: of deleted
// users, and of phones that another login was issued after.
func (b *bindings) forget(ctx context.Context, table *routing.Table) error {
	former := map[string][]string{}
	b.mu.Lock()
	for username, held := range b.byUser {
		if table.ByLogin(username) != nil {
			continue
		}
		for _, x := range held {
			former[username] = append(former[username], x.Contact)
		}
	}
	b.mu.Unlock()
	for username, contacts := range former {
		if err := b.change(ctx, username, contacts, nil); err != nil {
			return err
		}
	}
	return nil
}

// hop is a neighbour messages are sent to.
type hop struct {
	transport string // udp or tcp
	address   netip.AddrPort
}

// reach is where a binding is reached: at the contact's own address if the
// REGISTER came from there, and otherwise, behind a NAT or a name, where it
// came from. No other address is ever written to, and no name is looked up.
func (b Binding) reach(host string, port int) (hop, bool) {
	received, err := netip.ParseAddrPort(b.Received)
	if err != nil {
		return hop{}, false
	}
	if address, err := netip.ParseAddr(host); err == nil && b.Transport == "udp" && address.Unmap() == received.Addr().Unmap() {
		if port == 0 {
			port = defaultPort
		}
		return hop{transport: b.Transport, address: netip.AddrPortFrom(received.Addr(), uint16(port))}, true // checked when it was registered
	}
	return hop{transport: b.Transport, address: received}, true
}

const defaultPort = 5060
