package api_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"dialtone/domain/device"
	"dialtone/domain/user"
	"dialtone/projections"
)

// phones are the company's desk phones as lists show them.
func (v *visitor) phones(firm string) []projections.DeviceRow {
	v.Helper()
	v.must(v.views.WaitFor(v.Context(), v.head()))
	rows, _, err := v.views.Devices(v.Context(), projections.DeviceFilter{Company: firm})
	v.must(err)
	return rows
}

func TestADeskPhoneIsAddedGivenAndTakenOnItsPages(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("unifyoffice", "+4930123450", "+4930123459")
	ada, ben := v.order(firm, "+4930123451", "ada@example.com"), v.order(firm, "+4930123452", "ben@example.com")
	list := "/companies/" + firm + "/devices"
	contains(t, v.view("/companies/"+firm), http.StatusOK, `href="`+list+`"`)
	contains(t, v.view(list), http.StatusOK, "There are no desk phones yet")
	refused := v.sends(list, list, url.Values{"manufacturer": {"snom"}, "model": {"D785<"}, "mac": {"12"}, "serial": {""}})
	contains(t, refused, http.StatusUnprocessableEntity, `value="D785&lt;"`, "Is a MAC address of 12 hexadecimal digits")
	added := v.sends(list, list, url.Values{"manufacturer": {"yealink"}, "model": {"T46U"}, "mac": {"00:15:65:AB:CD:EF"}, "serial": {""}})
	contains(t, added, http.StatusOK, "The phone is there", "Yealink T46U", "00:15:65:ab:cd:ef", "nobody", "not yet")
	v.sends(list, list, url.Values{"manufacturer": {"other"}, "model": {"Grand 9"}, "mac": {""}, "serial": {"SN-12345"}})
	rows := v.phones(firm)
	at := "/devices/" + rows[0].ID
	contains(t, v.view(list+"?free=yes"), http.StatusOK, `href="`+at+`"`, "Grand 9", "SN-12345")
	contains(t, v.view("/devices/"+rows[1].ID), http.StatusOK, "set up by hand")

	given := v.sends(at, at+"/user", url.Values{"user": {ada}})
	contains(t, given, http.StatusOK, "The phone is the user", `href="/users/`+ada+`"`)
	login := v.sends(at, at+"/login", url.Values{})
	name := v.state(ada).Login.Username
	contains(t, login, http.StatusOK, "This is shown once", name, "dialtone.local")
	if strings.Contains(v.view(list+"?free=yes").body, at) {
		t.Error("a phone that somebody has is listed as free")
	}
	contains(t, v.view("/users/"+ada), http.StatusOK, `href="`+at+`"`, "Yealink T46U")

	v.sends(at, at+"/user", url.Values{"user": {ben}})
	if s := v.state(ada); s.Claims.Device != "" || s.Login.Username == name {
		t.Errorf("the former user has %+v", s.Claims)
	}
	taken := v.sends(at, at+"/user", url.Values{"user": {""}}) // the first form there is; the command is another's
	contains(t, taken, http.StatusOK, "nobody")
	contains(t, v.view(at+"/history"), http.StatusOK, "Phone added", "Given to", "Taken from")
	v.sends(at, at+"/delete", url.Values{"confirm": {"yes"}})
	contains(t, v.view(at), http.StatusOK, "no more")
	if left := v.phones(firm); len(left) != 1 {
		t.Errorf("%d phones are left", len(left))
	}
	contains(t, v.view("/devices/none"), http.StatusNotFound)
	for _, tag := range []string{"de", "el", "sv", "it"} {
		for _, path := range []string{list, "/devices/" + rows[1].ID, "/companies/" + firm + "/logins"} {
			if shown := v.view(path + "?lang=" + tag); shown.status != http.StatusOK || strings.Contains(shown.body, "phones.") || strings.Contains(shown.body, "Picked up") {
				t.Errorf("%s in %s:\n%s", path, tag, shown.body)
			}
		}
	}
}

func TestThePageSaysWhenAPhonePickedItsConfigurationUp(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("unifyoffice", "+4930123450", "+4930123459")
	ada := v.order(firm, "+4930123451", "ada@example.com")
	list := "/companies/" + firm + "/devices"
	v.sends(list, list, url.Values{"manufacturer": {"yealink"}, "model": {"T46U"}, "mac": {yealinkMAC}, "serial": {""}})
	at := "/devices/" + v.phones(firm)[0].ID
	v.sends(at, at+"/user", url.Values{"user": {ada}})
	shown := v.sends(at, at+"/address", url.Values{})
	contains(t, shown, http.StatusOK, "This is shown once", "/provision/", yealinkMAC+".cfg")
	file := shown.body[strings.Index(shown.body, "/provision/"):]
	file = file[strings.Index(file, "</dd>"):]
	file = file[strings.Index(file, "/provision/"):]
	file = html.UnescapeString(file[:strings.Index(file, "<")])
	contains(t, v.view(file, "User-Agent", "Yealink SIP-T46U 108.86.0.20"), http.StatusOK, "account.1.user_name")
	v.must(v.views.WaitFor(t.Context(), v.head()))
	for _, path := range []string{list, at, "/users/" + ada} {
		contains(t, v.view(path), http.StatusOK, "Yealink SIP-T46U 108.86.0.20", "2026-")
	}
	contains(t, v.view("/users/"+ada+"/history"), http.StatusOK, "Phone picked up its configuration")
	contains(t, v.view(at+"/history"), http.StatusOK, "Phone picked up its configuration", "Phone added")
}

func TestManyLoginsAreShownOnceAndGoIntoATable(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("onenet", "+4930123450", "+4930123459")
	ada, ben := v.order(firm, "+4930123451", "ada@example.com"), v.order(firm, "+4930123452", "ben@example.com")
	at := "/companies/" + firm + "/logins"
	contains(t, v.view(at), http.StatusOK, "Ada Lovelace", `name="user-`+ada+`"`, "One password for all")
	contains(t, v.sends(at, at, url.Values{"password": {""}}), http.StatusUnprocessableEntity, "choose the users first")
	weak := v.sends(at, at, url.Values{"password": {"short"}, "user-" + ada: {"yes"}})
	contains(t, weak, http.StatusUnprocessableEntity, "Needs ", "checked")

	form := url.Values{"password": {""}, "user-" + ada: {"yes"}, "user-" + ben: {"yes"}, "user-nobody": {"yes"}}
	shown := v.sends(at, at, form)
	contains(t, shown, http.StatusOK, "This is shown once", v.state(ada).Login.Username, v.state(ben).Login.Username, "There is no such user", `value="table"`)
	form.Set("as", "table")
	table := v.post(at, form) // with the same command
	contains(t, table, http.StatusOK, v.state(ada).Login.Username)
	if table.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(table.header.Get("Content-Type"), "text/csv") || !strings.Contains(table.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the table comes with %v", table.header)
	}
	lines, err := csv.NewReader(strings.NewReader(table.body)).ReadAll()
	v.must(err)
	for _, line := range lines[1:3] {
		s := v.state(line[0])
		if user.HA1(line[6], s.Login.Realm, line[7])["SHA-256"] != s.Login.Personal.HA1["SHA-256"] || !strings.Contains(shown.body, line[7]) {
			t.Errorf("the table's line for %s is no login", line[0])
		}
	}
	issued := 0
	history, err := v.journal.Load(t.Context(), user.Stream(ada))
	v.must(err)
	for _, f := range history.Facts {
		if _, is := f.Event.(user.DeviceLoginIssued); is {
			issued++
		}
	}
	if issued != 1 {
		t.Errorf("%d logins were issued", issued)
	}
}

func TestAnotherPhoneOnTheUsersPageShowsItsLogin(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("unifyoffice", "+4930123450", "+4930123459")
	ada := v.order(firm, "+4930123451", "ada@example.com")
	at := "/users/" + ada
	change := func(kind, mac, was string) page {
		return v.sends(at, at+"/details", url.Values{"device": {kind}, "was-device": {"?"}, "mac": {mac}, "was-mac": {was}})
	}
	contains(t, change("t46u", yealinkMAC, ""), http.StatusOK, "Yealink T46U")
	_, err := v.server.Desk.IssueDeviceLogin(t.Context(), v.cause(), ada)
	v.must(err)
	before := v.state(ada).Login.Username
	contains(t, change("snom d785", "000413000001", yealinkMAC), http.StatusOK, "This is shown once", v.state(ada).Login.Username)
	if s := v.state(ada); s.Login.Username == before || s.LoginElsewhere {
		t.Error("the phone before still logs in")
	}
	second := v.state(ada).Login.Username
	contains(t, change("none", "", "000413000001"), http.StatusOK, "This is shown once")
	if s := v.state(ada); s.Login.Username == second || s.Device != "none" || s.Claims.Device != "" {
		t.Errorf("without a desk phone the user has %q", s.Device)
	}
	for _, row := range v.phones(firm) {
		h, err := v.journal.Load(t.Context(), device.Stream(row.ID))
		v.must(err)
		if !device.Fold(h.Facts).Exists() {
			t.Error("a phone is lost")
		}
	}
}
