package wire_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dialtone/domain/wire"
)

// write makes golden files for new names. A golden file that is there is never
// written again: what stores hold has to be read for ever.
var write = flag.Bool("write", false, "write the golden files that are missing")

// names pins the wire names. Add to it; never change or remove a line.
const names = `
callprofile.activated.v1
callprofile.kept.v1
callprofile.plan-dropped.v1
callprofile.planned.v1
callprofile.removed.v1
callprofile.resumed.v1
callprofile.rule-removed.v1
callprofile.rule-set.v1
callprofile.switches-set.v1
callprofile.timetable-set.v1
claim.confirmed.v1
claim.released.v1
claim.taken.v1
company.attendant-set.v1
company.claim-abandoned.v1
company.connection-delayed.v1
company.connection-failed.v1
company.connection-made.v1
company.connection-ordered.v1
company.connection-retried.v1
company.created.v1
company.licence-return-failed.v1
company.licence-return-ordered.v1
company.licence-returned.v1
company.licences-ordered.v1
company.main-fax-set.v1
company.main-number-set.v1
company.main-user-set.v1
company.numbers-bought.v1
company.numbers-connected.v1
company.numbers-returned.v1
company.policy-adopted.v1
company.region-set.v1
company.renamed.v1
company.setup-step-done.v1
company.setup-step-resumed.v1
company.setup-step-skipped.v1
company.site-opened.v1
device.added.v1
device.address-issued.v1
device.assigned.v1
device.claim-abandoned.v1
device.claims-released.v1
device.configuration-fetched.v1
device.confirmed.v1
device.released.v1
device.removed.v1
group.changed.v1
group.claim-abandoned.v1
group.claims-released.v1
group.created.v1
group.deleted.v1
group.extension-changed.v1
group.member-added.v1
group.member-logged-in.v1
group.member-logged-out.v1
group.member-moved.v1
group.member-removed.v1
number.assigned.v1
number.confirmed.v1
number.connected.v1
number.disconnected.v1
number.forwarded.v1
number.forwarding-ended.v1
number.pooled.v1
number.released.v1
number.reserved.v1
number.rest-ended.v1
number.return-begun.v1
number.swap-dropped.v1
number.swap-prepared.v1
number.swapped.v1
number.unreserved.v1
sim.activated.v1
sim.activation-asked.v1
sim.assigned.v1
sim.block-asked.v1
sim.blocked.v1
sim.cancellation-asked.v1
sim.cancelled.v1
sim.claim-abandoned.v1
sim.code-shown.v1
sim.delayed.v1
sim.detached.v1
sim.dispatched.v1
sim.failed.v1
sim.forgotten.v1
sim.named.v1
sim.order-accepted.v1
sim.ordered.v1
sim.profile-ready.v1
sim.registered.v1
sim.released.v1
sim.replaced.v1
sim.reported.v1
sim.retried.v1
sim.unblock-asked.v1
sim.unblocked.v1
user.action-cancelled.v1
user.action-carried-out.v1
user.action-failed.v1
user.action-held.v1
user.action-scheduled.v1
user.activated.v1
user.activation-failed.v1
user.activation-retried.v1
user.activation-started.v1
user.admin-granted.v1
user.admin-revoked.v1
user.claim-abandoned.v1
user.claims-released.v1
user.created.v1
user.credential-issued.v1
user.credential-set.v1
user.deleted.v1
user.details-changed.v1
user.device-claimed.v1
user.device-login-issued.v1
user.email-claimed.v1
user.erased.v1
user.erasure-begun.v1
user.extension-changed.v1
user.groups-found.v1
user.groups-left.v1
user.groups-rejoined.v1
user.licence-changed.v1
user.licence-given-up.v1
user.link-expired.v1
user.link-issued.v1
user.link-missed.v1
user.link-opened.v1
user.link-reminded.v1
user.link-renewed-by-admin.v1
user.link-renewed-by-operator.v1
user.link-renewed-by-user.v1
user.link-used.v1
user.logged-in.v1
user.login-locked.v1
user.login-unlocked.v1
user.message-accepted.v1
user.message-bounced.v1
user.message-delayed.v1
user.message-delivered.v1
user.message-refused.v1
user.message-requested.v1
user.mobile-code-issued.v1
user.mobile-code-missed.v1
user.mobile-verified.v1
user.number-changed.v1
user.password-changed.v1
user.password-expired.v1
user.password-reminded.v1
user.pin-changed.v1
user.reset-missed.v1
user.reset-requested.v1
user.restored.v1
user.resumed.v1
user.seat-moved.v1
user.sim-added.v1
user.sim-removed.v1
user.sims-regained.v1
user.step-delayed.v1
user.step-done.v1
user.step-failed.v1
user.step-started.v1
user.suspended.v1
user.swap-finished.v1
user.username-set.v1
user.viewed.v1
`

func pinned() []string { return strings.Fields(names) }

func TestTheWireNamesArePinned(t *testing.T) {
	var registered []string
	types := map[reflect.Type]string{}
	for _, event := range wire.Events() {
		registered = append(registered, event.Type())
		if other, twice := types[reflect.TypeOf(event)]; twice {
			t.Errorf("%T is registered as %s and %s", event, other, event.Type())
		}
		types[reflect.TypeOf(event)] = event.Type()
	}
	slices.Sort(registered)
	for n := 1; n < len(registered); n++ {
		if registered[n] == registered[n-1] {
			t.Errorf("two events are named %s", registered[n])
		}
	}
	if !slices.Equal(registered, pinned()) {
		t.Errorf("registered are\n%s\nwant\n%s", strings.Join(registered, "\n"), names)
	}
}

func TestEveryEventOfTheDomainIsRegistered(t *testing.T) {
	declared := literals(t, "..")
	slices.Sort(declared)
	if !slices.Equal(declared, pinned()) {
		t.Errorf("the domain's packages declare\n%s\nwant\n%s", strings.Join(declared, "\n"), names)
	}
}

func TestWhatStoresHoldCanBeRead(t *testing.T) {
	for _, event := range wire.Events() {
		t.Run(event.Type(), func(t *testing.T) {
			want := reflect.New(reflect.TypeOf(event))
			fill(t, want.Elem(), "")
			for _, file := range goldens(t, event.Type(), want.Interface()) {
				golden, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				got := reflect.New(reflect.TypeOf(event))
				strict := json.NewDecoder(bytes.NewReader(golden))
				strict.DisallowUnknownFields()
				if err := strict.Decode(got.Interface()); err != nil {
					t.Fatal(err)
				}
				var now, then any
				if err := errors.Join(json.Unmarshal(compact(t, got.Interface()), &now), json.Unmarshal(golden, &then)); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(now, then) {
					t.Errorf("%s is written differently now: %s", file, compact(t, got.Interface()))
				}
				want = matched(t, file, got, want)
			}
			if want.IsValid() {
				t.Error("no golden file has a value for every field (go test ./domain/wire -write makes one more)")
			}
		})
	}
}

// matched gives nothing once a golden file held what is filled in now.
func matched(t *testing.T, file string, got, want reflect.Value) reflect.Value {
	t.Helper()
	if want.IsValid() && reflect.DeepEqual(got.Interface(), want.Interface()) {
		return reflect.Value{}
	}
	if !want.IsValid() {
		t.Errorf("%s follows a file that holds every field", file)
	}
	return want
}

func TestThereIsAGoldenFileForEveryNameAndNoOther(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".json"); !later.MatchString(name) {
			found = append(found, name)
		}
	}
	if !slices.Equal(found, pinned()) {
		t.Errorf("golden files are\n%s\nwant\n%s", strings.Join(found, "\n"), names)
	}
}

func TestTheGlossaryKnowsEveryFact(t *testing.T) {
	glossary, err := os.ReadFile(filepath.Join("..", "..", "docs", "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pinned() {
		if !bytes.Contains(glossary, []byte("| `"+name+"` |")) {
			t.Errorf("docs/glossary.md does not tell what %s says", name)
		}
	}
}

// later is the name of a golden file that was made when the event got one more
// optional field: user.created.v1+1, +2 and so on.
var later = regexp.MustCompile(`\+[0-9]+$`)

// goldens lists the golden files of a name, oldest first, and makes one more
// where that is wanted and none holds what is filled in now.
func goldens(t *testing.T, name string, filled any) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", name+"*.json"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	if !*write || len(files) > 0 && holds(t, files[len(files)-1], filled) {
		return files
	}
	file := filepath.Join("testdata", name+".json")
	if len(files) > 0 {
		file = filepath.Join("testdata", fmt.Sprintf("%s+%d.json", name, len(files)))
	}
	text, err := json.MarshalIndent(filled, "", "  ")
	if err := errors.Join(err, os.MkdirAll("testdata", 0o755), os.WriteFile(file, append(text, '\n'), 0o644)); err != nil {
		t.Fatal(err)
	}
	return append(files, file)
}

func holds(t *testing.T, file string, filled any) bool {
	t.Helper()
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var now, then any
	if err := errors.Join(json.Unmarshal(compact(t, filled), &now), json.Unmarshal(golden, &then)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(now, then)
}

func compact(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
