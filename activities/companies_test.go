package activities_test

import (
	"reflect"
	"testing"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/domain"
	"dialtone/domain/company"
)

// firmOf orders a company whose block the network is to connect, and gives the
// activities of a process that can be killed.
func (w *world) firmOf(id string, block company.Block) (string, *activities.Companies) {
	w.Helper()
	rules := w.presets["unifyoffice"]
	w.orders++
	cause := domain.Cause{Command: domain.DeriveID("firm", id), Actor: domain.Actor{Kind: domain.ActorOperator}, At: w.now}
	order := company.Create{ID: id, Name: "Acme", Language: "en", Country: "DE", Policy: rules, Blocks: []company.Block{block}}
	_, err := w.journal.Execute(w.Context(), company.Stream(id), cause, order.Decide)
	w.must(err)
	return id, &activities.Companies{Journal: w.users.Journal, Network: mortalNetwork{w.network, &w.mortal}}
}

// firmMatrix is the table of what is killed of companies' activities.
var firmMatrix = []struct {
	activity string
	isKilled func(t *testing.T)
}{
	{"ConnectNumbers", connectionIsKilled},
	{"GiveBackLicence", licenceReturnIsKilled},
}

func TestWhateverIsKilledOfACompanyIsDoneOnce(t *testing.T) {
	for _, row := range firmMatrix {
		t.Run(row.activity, row.isKilled)
	}
}

// Wherever the process ends, the block is connected once and the fact is there once.
func connectionIsKilled(t *testing.T) {
	t.Helper()
	w := newWorld(t)
	for round := range rounds() * 6 {
		fatal, after := 1+round%2, round/2%2 == 1
		from := domain.E164("+49301" + domain.E164(padded(round)) + "00")
		block := company.Block{From: from, To: from[:len(from)-2] + "99"}
		id, companies := w.firmOf(domain.DeriveID("company", string(from)), block)
		errand := activities.CompanyErrand{Company: id}
		duty, err := companies.LookAtCompany(w.mortal.lives(t.Context(), 0, false), errand)
		w.must(err)
		errand.Duty = duty
		_, killed := companies.ConnectNumbers(w.mortal.lives(t.Context(), fatal, after), errand)
		if killed == nil {
			t.Fatalf("killed at effect %d (after: %t), the activity did not end with an error", fatal, after)
		}
		if duty, err = companies.ConnectNumbers(w.mortal.lives(t.Context(), 0, false), errand); err != nil || duty.Task != company.Rest {
			t.Fatalf("done again, the duty is %s (%v)", duty.Task, err)
		}
		history, err := w.journal.Load(t.Context(), company.Stream(id))
		w.must(err)
		made := 0
		for _, f := range history.Facts {
			if reflect.TypeOf(f.Event) == reflect.TypeFor[company.ConnectionMade]() {
				made++
			}
		}
		if got := w.network.Connections(block); got != 1 || made != 1 {
			t.Fatalf("killed at effect %d (after: %t): connected %d times, %d facts", fatal, after, got, made)
		}
	}
}

func padded(n int) string {
	return string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestWhatTheNetworkAnswersIsTold(t *testing.T) {
	w := newWorld(t)
	block := company.Block{From: "+4930100000", To: "+4930100099"}
	id, companies := w.firmOf("acme", block)
	w.must(w.network.Fail(local.NetworkFault{Number: "+4930100000", Code: "port-busy", Text: "+4930100000 is busy", Times: 1}))
	w.must(w.network.Fail(local.NetworkFault{Number: "+4930100000", Code: "no-port", Permanent: true, Times: 1}))
	ctx := w.mortal.lives(t.Context(), 0, false)
	duty, err := companies.ConnectNumbers(ctx, activities.CompanyErrand{Company: id, Duty: company.Duty{Task: company.Connect, From: block.From, Attempt: 1}})
	if err != nil || duty.Task != company.Wait || !duty.Due.After(w.now) {
		t.Fatalf("a busy network leads to %+v (%v)", duty, err)
	}
	w.now = duty.Due
	if duty, err = companies.LookAtCompany(ctx, activities.CompanyErrand{Company: id}); err != nil || duty.Attempt != 2 {
		t.Fatalf("the next try is %+v (%v)", duty, err)
	}
	if duty, err = companies.ConnectNumbers(ctx, activities.CompanyErrand{Company: id, Duty: duty}); err != nil || duty.Task != company.Rest {
		t.Fatalf("a refusal leads to %+v (%v)", duty, err)
	}
	history, err := w.journal.Load(t.Context(), company.Stream(id))
	w.must(err)
	delayed, ok := reflect.TypeAssert[company.ConnectionDelayed](reflect.ValueOf(history.Facts[len(history.Facts)-2].Event))
	if !ok || delayed.Text != "… is busy" || delayed.Code != "port-busy" || delayed.Responsible != "network" {
		t.Errorf("the delay is told as %+v", delayed)
	}
	connection, _ := company.Fold(history.Facts).Connection(block.From)
	if connection.State != company.Refused || connection.Trouble.Cause != "network-refused" || connection.Trouble.Responsible != "operator" {
		t.Errorf("the connection is %+v", connection)
	}
	if late, err := companies.ConnectNumbers(ctx, activities.CompanyErrand{Company: id, Duty: company.Duty{From: block.From, Attempt: 1}}); err != nil || late.Task != company.Rest {
		t.Errorf("an old errand leads to %+v (%v)", late, err)
	}
}
