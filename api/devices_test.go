package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
	"dialtone/domain/user"
)

const yealinkMAC = "001565abcdef"

// phoneOf gives the phone that a user's facts name.
func (h *house) phoneOf(id string) device.State {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), h.state(id).Claims.Device)
	must(h.t, err)
	return device.Fold(history.Facts)
}

// phone adds a desk phone to a company.
func (e *estate) phone(company string) string {
	e.t.Helper()
	mac := strings.ReplaceAll(uuid.NewString(), "-", "")[:12]
	made := e.call(http.MethodPost, "/v1/devices", `{"company":"`+company+`","manufacturer":"yealink","model":"T46U","mac":"`+mac+`"}`).want(e.t, http.StatusCreated)
	e.settled(made)
	return made.text("id")
}

func TestAPhoneComesWithTheOrderOfItsUser(t *testing.T) {
	h := open(t)
	firm := h.company("onenet", "")
	id := h.user(firm, `{"firstName":"Ada","lastName":"Sommer","email":"ada@example.com","device":{"kind":"Yealink T46U","mac":"00:15:65:AB:CD:EF"}}`).want(t, http.StatusCreated).text("id")
	phone := h.phoneOf(id)
	if phone.User != id || phone.Company != firm || phone.Manufacturer != device.Yealink || phone.Model != "T46U" || phone.Marks.MAC != yealinkMAC {
		t.Fatalf("the phone is %+v", phone)
	}
	again := `{"firstName":"Eve","lastName":"Sommer","email":"eve@example.com","device":{"kind":"snom d785","mac":"001565ABCDEF"}}`
	h.user(firm, again).problem(t, http.StatusConflict, "device-taken")
	h.user(h.call(http.MethodPost, "/v1/companies", `{"name":"Rival","policy":"onenet","language":"de","country":"DE"}`).want(t, http.StatusCreated).text("id"), again).problem(t, http.StatusConflict, "device-taken")
	bare := h.user(firm, `{"firstName":"Eve","lastName":"Sommer","email":"eve@example.com","device":{"kind":"none"}}`).want(t, http.StatusCreated)
	if h.state(bare.text("id")).Claims.Device != "" {
		t.Error("a user without desk phone has one")
	}
}

func TestFiftyOrdersOfOneMACHaveOneWinner(t *testing.T) {
	h := open(t)
	firm := h.company("onenet", "")
	var won sync.Map
	var all sync.WaitGroup
	for n := range 50 {
		all.Go(func() {
			made := h.user(firm, fmt.Sprintf(`{"firstName":"U","lastName":"V","email":"u%d@example.com","device":{"kind":"t46u","mac":"%s"}}`, n, yealinkMAC))
			switch made.status {
			case http.StatusCreated:
				won.Store(made.text("id"), true)
			case http.StatusConflict, http.StatusServiceUnavailable:
			default:
				t.Errorf("answered %d", made.status)
			}
		})
	}
	all.Wait()
	winners := 0
	won.Range(func(id, _ any) bool {
		winners++
		if h.phoneOf(id.(string)).User != id {
			t.Error("the phone is somebody else's")
		}
		return true
	})
	if winners != 1 {
		t.Errorf("%d have the phone", winners)
	}
}

func TestAnotherPhoneFreesTheOneBefore(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", "")
	id := h.user(firm, `{"firstName":"Ada","lastName":"Sommer","email":"ada@example.com","device":{"kind":"t46u","mac":"001565abcdef"}}`).want(t, http.StatusCreated).text("id")
	first := h.state(id).Claims.Device
	h.call(http.MethodPatch, "/v1/users/"+id, `{"device":{"kind":"snom d785"}}`, mergePatch).problem(t, http.StatusUnprocessableEntity, "invalid-input").names(t, "/device/kind")
	h.call(http.MethodPatch, "/v1/users/"+id, `{"device":{"kind":"snom d785","mac":"00:04:13:00:00:01"}}`, mergePatch).want(t, http.StatusOK)
	if phone := h.phoneOf(id); phone.Manufacturer != device.Snom || phone.User != id || h.state(id).Loose[0] != first {
		t.Errorf("the phone is %+v, to be given back %v", phone, h.state(id).Loose)
	}
	h.release(id)
	if history, err := h.journal.Load(t.Context(), first); err != nil || device.Fold(history.Facts).User != "" || !device.Fold(history.Facts).Exists() {
		t.Errorf("the phone before is %+v, %v", device.Fold(history.Facts), err)
	}
	h.call(http.MethodPatch, "/v1/users/"+id, `{"device":{"mac":"001565abcdef"}}`, mergePatch).want(t, http.StatusOK)
	if h.state(id).Claims.Device != first || h.state(id).Device != "yealink t46u" {
		t.Errorf("the company's own phone is not taken: %+v", h.state(id).Claims)
	}
	h.call(http.MethodPatch, "/v1/users/"+id, `{"device":null}`, mergePatch).want(t, http.StatusOK)
	if s := h.state(id); s.Claims.Device != "" || s.Person.MAC != "" {
		t.Errorf("the phone stays: %+v", s.Claims)
	}
}

func TestADeletedUsersPhoneStaysTheCompanysAndComesBack(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", "")
	id := h.user(firm, `{"firstName":"Ada","lastName":"Sommer","email":"ada@example.com","device":{"kind":"t46u","mac":"001565abcdef"}}`).want(t, http.StatusCreated).text("id")
	stream := h.state(id).Claims.Device
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	history, err := h.journal.Load(t.Context(), stream)
	must(t, err)
	if phone := device.Fold(history.Facts); phone.User != "" || !phone.Exists() {
		t.Errorf("the phone is %+v", phone)
	}
	h.call(http.MethodPost, "/v1/users/"+id+"/restoration", "").want(t, http.StatusOK)
	if h.phoneOf(id).User != id {
		t.Error("the phone did not come back")
	}
	h.call(http.MethodDelete, "/v1/users/"+id, "").want(t, http.StatusOK)
	h.user(firm, `{"firstName":"Eve","lastName":"Sommer","email":"eve@example.com","device":{"kind":"t46u","mac":"001565abcdef"}}`).want(t, http.StatusCreated)
	h.call(http.MethodPost, "/v1/users/"+id+"/restoration", "").problem(t, http.StatusConflict, "taken-meanwhile")
}

func TestWhoHasAMACWithoutAPhoneGetsOneWithTheNextChange(t *testing.T) {
	h := open(t)
	firm := h.company("unifyoffice", "")
	old := user.Created{ID: "11111111-2222-5333-8444-555555555555", Company: firm, Language: "en", Device: "snom d785", Personal: &user.Person{FirstName: "Ada", LastName: "Sommer", MAC: "000413000001"}}
	h.execute(old.ID, func([]domain.Fact) ([]domain.Event, error) { return []domain.Event{old}, nil })
	h.call(http.MethodPatch, "/v1/users/"+old.ID, `{"device":{"mac":"000413000001"}}`, mergePatch).want(t, http.StatusOK)
	phone := h.phoneOf(old.ID)
	if phone.Model != "D785" || phone.User != old.ID {
		t.Errorf("the phone is %+v", phone)
	}
	history, err := h.journal.Load(t.Context(), phone.Claim)
	if err != nil || claim.Fold(history.Facts).Owner != device.Stream(phone.ID) {
		t.Errorf("the MAC is %+v, %v", claim.Fold(history.Facts), err)
	}
}
