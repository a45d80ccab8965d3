package api_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/device"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// memory keeps log lines as text.
type memory struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write keeps.
func (m *memory) Write(line []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.Write(line)
}

func (m *memory) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.String()
}

// equipped is a company's user with a Yealink phone whose configuration has an
// address, as folder and file.
func (h *house) equipped() (id, phone, folder, file string) {
	h.t.Helper()
	firm := h.company("unifyoffice", "")
	id = h.user(firm, `{"firstName":"Ada","lastName":"Sommer","email":"ada@example.com","number":"+49301234501","device":{"kind":"t46u","mac":"`+yealinkMAC+`"}}`).
		want(h.t, http.StatusCreated).text("id")
	phone = strings.TrimPrefix(h.state(id).Claims.Device, device.Stream(""))
	folder, file = h.addressOf(phone)
	return id, phone, folder, file
}

func (h *house) addressOf(phone string) (folder, file string) {
	h.t.Helper()
	issued := h.call(http.MethodPost, "/v1/devices/"+phone+"/provisioning", "").want(h.t, http.StatusOK)
	return path(issued.text("folder")), path(issued.text("file"))
}

func path(address string) string { return strings.TrimPrefix(address, "http://phones.example") }

// fetch asks as a phone does.
func (h *house) fetch(file string) answer {
	h.t.Helper()
	return h.send(http.MethodGet, file, "", "User-Agent: Yealink SIP-T46U 108.86.0.20 00:15:65:ab:cd:ef")
}

func (h *house) phoneFacts(phone string) []domain.Fact {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), device.Stream(phone))
	must(h.t, err)
	return history.Facts
}

func (h *house) fetches(phone string) (found []device.ConfigurationFetched) {
	h.t.Helper()
	for _, f := range h.phoneFacts(phone) {
		if e, ok := f.Event.(device.ConfigurationFetched); ok {
			found = append(found, e)
		}
	}
	return found
}

func TestAPhonePicksItsConfigurationUp(t *testing.T) {
	log := &memory{}
	h := open(t, func(c *api.Config) { c.Log = slog.New(slog.NewJSONHandler(log, nil)) })
	id, phone, folder, file := h.equipped()
	if file != folder+yealinkMAC+".cfg" {
		t.Errorf("the file lies at %s", file)
	}
	first := h.fetch(file).want(t, http.StatusOK)
	if again := h.fetch(file).want(t, http.StatusOK); string(again.raw) != string(first.raw) {
		t.Error("the same facts give other bytes")
	}
	login := h.state(id).Login
	password := field(string(first.raw), "account.1.password")
	if field(string(first.raw), "account.1.user_name") != login.Username || user.HA1(login.Username, login.Realm, password)["SHA-256"] != login.Personal.HA1["SHA-256"] {
		t.Error("the file does not say what the phone logs in with")
	}
	fetched := h.fetches(phone)
	if len(fetched) != 1 || fetched[0].Agent != "Yealink SIP-T46U 108.86.0.20" || fetched[0].Format != device.Yealink {
		t.Fatalf("noted are %+v", fetched)
	}
	h.call(http.MethodPost, "/v1/users/"+id+"/device/credentials", "").want(t, http.StatusOK)
	if other := h.fetch(file).want(t, http.StatusOK); field(string(other.raw), "account.1.password") == password {
		t.Error("another login is not in the file")
	}
	if got := len(h.fetches(phone)); got != 2 {
		t.Errorf("%d fetches are noted after another version", got)
	}
	secret := strings.Split(file, "/")[2]
	for name, hidden := range map[string]string{"password": password, "secret": secret, "MAC": yealinkMAC} {
		if strings.Contains(log.String(), hidden) {
			t.Errorf("the %s stands in the log", name)
		}
	}
	for event, err := range h.journal.Store().ReadAll(t.Context(), 0, eventstore.Forwards, 0) {
		must(t, err)
		if text := string(event.Data) + string(event.Meta) + event.Stream; strings.Contains(text, password) || strings.Contains(text, secret) || strings.Contains(text, yealinkMAC) {
			t.Errorf("%s holds a secret", event.Type)
		}
	}
}

func field(file, key string) string {
	_, after, _ := strings.Cut(file, key+" = ")
	value, _, _ := strings.Cut(after, "\n")
	return value
}

func TestWhatLeadsToNoConfigurationIsAnsweredAlike(t *testing.T) {
	h := open(t)
	_, phone, folder, file := h.equipped()
	want := ""
	for name, wrong := range map[string]string{
		"an unknown MAC address": folder + "001565000000.cfg", "a wrong secret": "/provision/" + strings.Repeat("a", 32) + "/" + yealinkMAC + ".cfg",
		"another format": folder + yealinkMAC + "-line.cfg", "no phone's file": folder + "firmware.bin", "no secret": "/provision/x/" + yealinkMAC + ".cfg",
	} {
		got := h.fetch(wrong).problem(t, http.StatusNotFound, "no-route")
		said, _, _ := strings.Cut(string(got.raw), `"trace"`)
		if want != "" && said != want {
			t.Errorf("%s: %s", name, said)
		}
		want = said
	}
	_, anew := h.addressOf(phone)
	h.fetch(file).problem(t, http.StatusNotFound, "no-route")
	h.fetch(anew).want(t, http.StatusOK)
	for range 60 {
		h.fetch("/provision/x/" + yealinkMAC + ".cfg")
	}
	if limited := h.fetch(anew).problem(t, http.StatusTooManyRequests, "too-soon"); limited.header.Get("Retry-After") == "" {
		t.Error("nobody is told how long to wait")
	}
}

func TestAPhoneGoesToAnotherUserAndTheFormerLoginIsReplaced(t *testing.T) {
	h := open(t)
	ada, phone, _, file := h.equipped()
	first := h.fetch(file).want(t, http.StatusOK)
	former := h.state(ada).Login.Username
	firm := h.state(ada).Company
	ben := h.user(firm, `{"firstName":"Ben","lastName":"Winter","email":"ben@example.com","number":"+49301234502"}`).want(t, http.StatusCreated).text("id")
	given := h.call(http.MethodPut, "/v1/devices/"+phone+"/user", `{"user":"`+ben+`"}`).want(t, http.StatusOK)
	if given.text("user") != ben || h.state(ben).Device != "yealink t46u" || h.state(ben).Person.MAC != yealinkMAC {
		t.Errorf("the phone is %s's", given.text("user"))
	}
	if s := h.state(ada); s.Login.Username == former || s.Claims.Device != "" || s.Person.MAC != "" || len(s.Loose) != 0 {
		t.Errorf("the former user has %+v, to be given back %v", s.Claims, s.Loose)
	}
	second := h.fetch(file).want(t, http.StatusOK)
	if field(string(second.raw), "account.1.user_name") != h.state(ben).Login.Username || string(first.raw) == string(second.raw) {
		t.Error("the phone is still the former user's")
	}
	h.call(http.MethodDelete, "/v1/devices/"+phone, "").problem(t, http.StatusConflict, "device-assigned")
	h.call(http.MethodDelete, "/v1/devices/"+phone+"/user", "").want(t, http.StatusOK)
	if off := h.fetch(file).want(t, http.StatusOK); field(string(off.raw), "account.1.enable") != "0" {
		t.Error("a phone that nobody has registers somebody")
	}
	h.call(http.MethodDelete, "/v1/devices/"+phone, "").want(t, http.StatusOK)
	h.fetch(file).problem(t, http.StatusNotFound, "no-route")
	h.call(http.MethodPost, "/v1/devices", `{"company":"`+firm+`","manufacturer":"yealink","model":"T46U","mac":"`+yealinkMAC+`"}`).want(t, http.StatusCreated)
}

func TestASuspendedUsersPhoneKeepsItsConfiguration(t *testing.T) {
	h := open(t)
	id, _, _, file := h.equipped()
	first := h.fetch(file).want(t, http.StatusOK)
	h.call(http.MethodPost, "/v1/users/"+id+"/suspension", "").want(t, http.StatusOK)
	if again := h.fetch(file).want(t, http.StatusOK); string(again.raw) != string(first.raw) {
		t.Error("the suspension changes the file")
	}
}
