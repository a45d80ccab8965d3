package routing

import (
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// The streams whose facts make the table.
const (
	userStreams    = "user-"
	companyStreams = "company-"
)

// Apply gives the table after one more fact. Facts at or before the table's
// position have been applied already and change nothing; so do facts of other
// streams, apart from the position.
func Apply(t Table, f domain.Fact, position eventstore.Position) Table {
	if position <= t.position {
		return t
	}
	t.position, t.lastEvent = position, f.ID
	switch {
	case strings.HasPrefix(f.Stream, userStreams):
		return t.applyUser(strings.TrimPrefix(f.Stream, userStreams), f)
	case strings.HasPrefix(f.Stream, companyStreams):
		return t.applyCompany(strings.TrimPrefix(f.Stream, companyStreams), f)
	}
	return t
}

// Mark gives the table in which the user of a stream is stale, since a fact
// about them at the position could not be read.
func Mark(t Table, stream, event string, position eventstore.Position) Table {
	if position <= t.position {
		return t
	}
	t.position, t.lastEvent = position, event
	id, isUser := strings.CutPrefix(stream, userStreams)
	if !isUser {
		return t
	}
	after := User{ID: id}
	if before := t.User(id); before != nil {
		after = *before
	}
	if !after.Stale {
		t.stale++
	}
	after.Stale, after.Position = true, position
	t.users = t.users.with(id, &after)
	return t
}

func (t Table) applyUser(id string, f domain.Fact) Table {
	before := t.User(id)
	if before == nil {
		before = &User{}
	}
	state := user.Evolve(before.state(), f)
	if state.ID == "" {
		return t // nothing is left of the user but a notice, or the facts do not begin with its creation
	}
	after := before.following(state)
	after.Stale, after.Position = before.Stale, t.position
	if after.Lifecycle != before.Lifecycle {
		after.Since = f.At
	}
	if after.Suspended && !before.Suspended {
		after.Held = f.At
	}
	return t.replace(before, &after)
}

// state is the user in the domain's own terms, so that the domain's evolve
// says what a fact means and nothing is said twice.
func (u *User) state() user.State {
	s := user.State{
		ID: u.ID, Company: u.Company, Number: u.Number, Extension: u.Extension, Lifecycle: u.Lifecycle, Suspended: u.Suspended,
		Login: user.DeviceLoginIssued{Username: u.Login, Realm: u.Realm, Personal: &user.DeviceLogin{HA1: u.HA1}},
	}
	if u.LineStep {
		line := user.Step{Name: policy.StepLine, State: user.Waiting}
		if u.LineDone {
			line.State = user.Done
		}
		s.Steps = []user.Step{line}
	}
	return s
}

// following gives what routing keeps of a state.
func (u *User) following(s user.State) User {
	after := User{
		ID: s.ID, Company: s.Company, Number: s.Number, Extension: s.Extension,
		Lifecycle: s.Lifecycle, Suspended: s.Suspended, Since: u.Since, Held: u.Held,
	}
	line, has := s.Step(policy.StepLine)
	after.LineStep, after.LineDone = has, has && line.State == user.Done
	if s.Lifecycle == user.Gone {
		after.Number, after.Extension = "", ""
		return after
	}
	after.Login, after.Realm = s.Login.Username, s.Login.Realm
	if s.Login.Personal != nil && !s.Erased {
		after.HA1 = s.Login.Personal.HA1
	}
	return after
}

func (t Table) replace(before, after *User) Table {
	t.users = t.users.with(after.ID, after)
	t.numbers = moved(t.numbers, string(before.Number), string(after.Number), after.ID)
	t.logins = moved(t.logins, before.Login, after.Login, after.ID)
	t.extensions = moved(t.extensions, before.extensionKey(), after.extensionKey(), after.ID)
	return t
}

func (u *User) extensionKey() string {
	if u.Extension == "" {
		return ""
	}
	return extensionKey(u.Company, u.Extension)
}

// moved gives the index in which id is found under another key; "" is no key.
// Somebody else who took over the old key keeps it.
func moved(x index[string], from, to, id string) index[string] {
	if from == to {
		return x
	}
	if holder, found := x.get(from); from != "" && found && holder == id {
		x = x.without(from)
	}
	if to != "" {
		x = x.with(to, id)
	}
	return x
}

func (t Table) applyCompany(id string, f domain.Fact) Table {
	before := t.Company(id)
	if before == nil {
		before = &Company{}
	}
	state := company.Evolve(company.State{
		ID: before.ID, Country: before.Country, MainNumber: before.MainNumber, Blocks: before.Blocks,
	}, f)
	if state.ID == "" {
		return t
	}
	t.companies = t.companies.with(id, &Company{
		ID: state.ID, Country: state.Country, MainNumber: state.MainNumber, Blocks: state.Blocks,
	})
	for _, b := range before.Blocks {
		if !slices.Contains(state.Blocks, b) {
			t.blocks = withoutBlock(t.blocks, b)
		}
	}
	for _, b := range state.Blocks {
		if !slices.Contains(before.Blocks, b) {
			t.blocks = withBlock(t.blocks, b)
		}
	}
	return t
}

// withoutBlock takes one block out: of two companies that name the same one for a
// moment, each has its own.
func withoutBlock(blocks []company.Block, b company.Block) []company.Block {
	at := slices.Index(blocks, b)
	if at < 0 {
		return blocks
	}
	return slices.Delete(slices.Clone(blocks), at, at+1)
}

func withBlock(blocks []company.Block, b company.Block) []company.Block {
	at, _ := slices.BinarySearchFunc(blocks, b.From, func(have company.Block, n domain.E164) int {
		return compareNumbers(have.From, n)
	})
	return slices.Insert(slices.Clone(blocks), at, b)
}
