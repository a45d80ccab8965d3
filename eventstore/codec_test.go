package eventstore_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

func TestNoPersonalTextStandsInTheStore(t *testing.T) {
	h := open(t)
	stream := user.Stream(ada)
	mobile := "+4917199"
	must(t, h.Journal, stream, "order", write(created()))
	must(t, h.Journal, stream, "change", write(
		user.DetailsChanged{Personal: &user.PersonChanges{Mobile: &mobile}},
		user.CredentialSet{Personal: &user.CredentialSum{Password: "$argon2id$p", PIN: "$argon2id$n", Answer: "$argon2id$a"}},
		user.DeviceLoginIssued{Username: "u1", Personal: &user.DeviceLogin{HA1: map[string]string{"MD5": "cafe"}}},
	))
	for _, event := range h.recorded(t, stream) {
		for _, secret := range []string{"Augusta", "Lovelace", "ada@example.com", "+491711234567", mobile, "argon2id", "cafe", `"personal"`} {
			if bytes.Contains(event.Data, []byte(secret)) || bytes.Contains(event.Meta, []byte(secret)) {
				t.Errorf("%s tells %q: %s %s", event.Type, secret, event.Data, event.Meta)
			}
		}
		if !bytes.Contains(event.Data, []byte(`"sealed"`)) {
			t.Errorf("%s holds no sealed part: %s", event.Type, event.Data)
		}
	}
}

func TestAFactComesBackAsItWasWritten(t *testing.T) {
	h := open(t)
	stream := user.Stream(ada)
	cause := command("order")
	cause.Reason, cause.Causation, cause.Correlation, cause.Batch, cause.Policy = "moved", "fact", "first", "import", "unifyoffice/1"
	events := []domain.Event{created(), user.ActivationStarted{Steps: []string{"line", "link"}}}
	result, err := h.Execute(t.Context(), stream, cause, write(events...))
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := h.Load(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]domain.Fact, len(events))
	for n, event := range events {
		want[n] = domain.Fact{
			Event: event, ID: domain.EventID(stream, "order", n), Stream: stream, Revision: uint64(n), At: noon,
			Actor: cause.Actor, Channel: cause.Channel, Reason: "moved", Command: "order",
			Correlation: "first", Causation: "fact",
		}
	}
	if !reflect.DeepEqual(loaded.Facts, want) || !reflect.DeepEqual(result.Facts, want) {
		t.Errorf("loaded  %+v\nresult  %+v\nwant    %+v", loaded.Facts, result.Facts, want)
	}
	meta, err := h.codec.DecodeMeta(h.recorded(t, stream)[0])
	wantMeta := eventstore.Meta{
		Correlation: "first", Causation: "fact", Actor: cause.Actor, Channel: "api", Reason: "moved",
		Policy: "unifyoffice/1", Subject: stream, Batch: "import", Command: "order", At: noon,
	}
	if err != nil || meta != wantMeta {
		t.Errorf("metadata %+v, %v; want %+v", meta, err, wantMeta)
	}
}

func TestWhatIsNotPersonalIsNotSealed(t *testing.T) {
	h := open(t)
	must(t, h.Journal, company.Stream("acme"), "found", write(company.Created{ID: "acme", Name: "Acme", Language: "de", Country: "DE"}))
	event := h.recorded(t, company.Stream("acme"))[0]
	if want := `{"id":"acme","name":"Acme","language":"de","country":"DE"}`; string(event.Data) != want {
		t.Errorf("stored as %s, want %s", event.Data, want)
	}
	meta, err := h.codec.DecodeMeta(event)
	if err != nil || meta.Subject != "" || meta.Correlation != "found" || meta.Causation != "found" {
		t.Errorf("metadata %+v, %v", meta, err)
	}
}

func TestAnErasedPersonIsEmptyAndNoError(t *testing.T) {
	h := open(t)
	for _, id := range []string{ada, grace} {
		must(t, h.Journal, user.Stream(id), "order", write(created(), user.ActivationStarted{Steps: []string{"line"}}))
	}
	if err := h.keys.Destroy(t.Context(), user.Stream(ada), noon); err != nil {
		t.Fatal(err)
	}
	loaded, err := h.Load(t.Context(), user.Stream(ada))
	if err != nil {
		t.Fatal(err)
	}
	first, second := loaded.Facts[0], loaded.Facts[1]
	if e := first.Event.(user.Created); !first.Erased || e.Personal != nil || e.ID != ada || e.Company != "acme" {
		t.Errorf("the erased fact is %+v", first)
	}
	if second.Erased {
		t.Errorf("a fact that holds nothing personal is erased: %+v", second)
	}
	if s := user.Fold(loaded.Facts); !s.Erased || (s.Person != user.Person{}) || !s.Exists() {
		t.Errorf("the erased user is %+v", s)
	}
	if other, err := h.Load(t.Context(), user.Stream(grace)); err != nil || other.Facts[0].Erased {
		t.Errorf("another person was erased too: %+v, %v", other.Facts, err)
	}
	verified(t, h.recorded(t, user.Stream(ada)))
}

func TestNothingPersonalIsWrittenForAnErasedPerson(t *testing.T) {
	h := open(t)
	stream := user.Stream(ada)
	must(t, h.Journal, stream, "order", write(created()))
	if err := h.keys.Destroy(t.Context(), stream, noon); err != nil {
		t.Fatal(err)
	}
	_, err := h.Execute(t.Context(), stream, command("login"), write(user.DeviceLoginIssued{Username: "u", Personal: &user.DeviceLogin{}}))
	if !domain.Final(err) || !errors.Is(err, eventstore.ErrErased) {
		t.Errorf("trying again can't help, but the error is %s: %v", domain.KindOf(err), err)
	}
	must(t, h.Journal, stream, "delete", write(user.Deleted{}))
}

func TestBrokenEventsAreErrors(t *testing.T) {
	h := open(t)
	stream := user.Stream(ada)
	must(t, h.Journal, stream, "order", write(created()))
	whole := h.recorded(t, stream)[0]
	if _, err := h.codec.Decode(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*eventstore.Recorded){
		"an unknown type":        func(e *eventstore.Recorded) { e.Type = "user.created.v9" },
		"another known type":     func(e *eventstore.Recorded) { e.Type = "user.details-changed.v1" },
		"another id":             func(e *eventstore.Recorded) { e.ID = domain.DeriveID("other") },
		"another stream":         func(e *eventstore.Recorded) { e.Stream = user.Stream(grace) },
		"a touched box":          func(e *eventstore.Recorded) { e.Data = touched(e.Data, `"sealed":"`, 30) },
		"a box cut short":        func(e *eventstore.Recorded) { e.Data = []byte(`{"sealed":"AAAA"}`) },
		"no box":                 func(e *eventstore.Recorded) { e.Data = []byte(`{"id":"x"}`) },
		"a box that is no text":  func(e *eventstore.Recorded) { e.Data = []byte(`{"sealed":7}`) },
		"data that is no object": func(e *eventstore.Recorded) { e.Data = []byte(`[`) },
		"metadata that is none":  func(e *eventstore.Recorded) { e.Meta = []byte(`{`) },
		"a subject without key": func(e *eventstore.Recorded) {
			e.Meta = bytes.ReplaceAll(e.Meta, []byte(stream), []byte(user.Stream(grace)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			event := whole
			event.Data, event.Meta = bytes.Clone(whole.Data), bytes.Clone(whole.Meta)
			spoil(&event)
			fact, err := h.codec.Decode(t.Context(), event)
			if err == nil {
				t.Fatalf("decoded to %+v", fact)
			}
			if strings.Contains(err.Error(), "Lovelace") || !strings.Contains(err.Error(), event.Stream) {
				t.Errorf("the error names the person or not the stream: %v", err)
			}
		})
	}
}

// touched changes one character behind a mark.
func touched(data []byte, mark string, offset int) []byte {
	data = bytes.Clone(data)
	at := bytes.Index(data, []byte(mark)) + len(mark) + offset
	if data[at] == 'A' {
		data[at] = 'B'
	} else {
		data[at] = 'A'
	}
	return data
}

func TestACodecKnowsEachNameOnce(t *testing.T) {
	h := open(t)
	if _, err := eventstore.NewCodec(h.keys, user.Suspended{}, user.Resumed{}, user.Suspended{}); err == nil {
		t.Error("two events of one name were taken")
	}
	few, err := eventstore.NewCodec(h.keys, user.Suspended{})
	if err != nil {
		t.Fatal(err)
	}
	j := eventstore.NewJournal(h.store, few, clock)
	if _, err := j.Execute(t.Context(), user.Stream(ada), command("c"), write(user.Resumed{})); err == nil {
		t.Error("an event that is not registered was written")
	}
	if events := h.recorded(t, user.Stream(ada)); len(events) != 0 {
		t.Errorf("written was %+v", events)
	}
}

func TestOneEventIsSealedDifferentlyEachTime(t *testing.T) {
	h, again := open(t), open(t)
	must(t, h.Journal, user.Stream(ada), "order", write(created()))
	must(t, again.Journal, user.Stream(ada), "order", write(created()))
	one, two := h.recorded(t, user.Stream(ada))[0], again.recorded(t, user.Stream(ada))[0]
	if one.ID != two.ID || bytes.Equal(one.Data, two.Data) {
		t.Errorf("ids %s, %s; data equal: %v", one.ID, two.ID, bytes.Equal(one.Data, two.Data))
	}
}
