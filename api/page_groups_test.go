package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/domain/user"
	"dialtone/projections"
)

// sends sends the form of a page that goes to a path, and follows it.
func (v *visitor) sends(at, path string, values url.Values) page {
	v.Helper()
	values.Set("command", commandOf(v.T, v.view(at), path))
	sent := v.post(path, values)
	if sent.status != http.StatusSeeOther {
		return sent
	}
	return v.view(sent.header.Get("Location"))
}

func TestAGroupIsMadeAndFilledOnItsPages(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("unifyoffice", "+4930123450", "+4930123459")
	ada := v.order(firm, "+4930123451", "ada@example.com")
	list := "/companies/" + firm + "/groups"
	contains(t, v.view("/companies/"+firm), http.StatusOK, `href="`+list+`"`)
	refused := v.sends(list, list, url.Values{"kind": {"pickup"}, "name": {"Sales"}, "strategy": {"all"}, "extension": {"1"}})
	contains(t, refused, http.StatusUnprocessableEntity, `value="Sales"`, "has ")
	made := v.sends(list, list, url.Values{"kind": {"hunt"}, "name": {"Sales <1>"}, "extension": {"700"}, "strategy": {""}})
	contains(t, made, http.StatusOK, "Sales &lt;1&gt;", "hunt group", "all together", "700", "Nobody is a member yet")
	groups, _, err := v.views.Groups(t.Context(), projections.GroupFilter{Company: firm})
	v.must(err)
	at := "/groups/" + groups[0].ID
	contains(t, v.view(list), http.StatusOK, `href="`+at+`"`)
	joined := v.sends(at, at+"/members", url.Values{"user": {ada}})
	contains(t, joined, http.StatusOK, "Ada Lovelace", "1 of 1 cannot ring: Pending since 2026", "(Line)", "They come in by themselves", "logged in")
	contains(t, v.view("/users/"+ada), http.StatusOK, `href="`+at+`"`, "Sales &lt;1&gt;")
	member := at + "/members/" + ada
	contains(t, v.sends(at, member+"/out", url.Values{}), http.StatusOK, "logged out")
	contains(t, v.sends(at, member+"/in", url.Values{}), http.StatusOK, "logged in")
	v.do(ada, func(domain.Cause) domain.Decide {
		return func([]domain.Fact) ([]domain.Event, error) {
			return []domain.Event{user.StepDone{Step: "line"}, user.StepDone{Step: "link"}, user.Activated{}}, nil
		}
	})
	if now := v.view(at); strings.Contains(now.body, "cannot ring") || !strings.Contains(now.body, "rings") {
		t.Errorf("after the activation:\n%s", now.body)
	}
	contains(t, v.sends(at, at, url.Values{"name": {"Orders"}, "extension": {"701"}, "strategy": {"ordered"}}), http.StatusOK, "Orders", "701", "in order")
	contains(t, v.view(at+"/history"), http.StatusOK, "Group made", "Member added", "Extension changed to 701")
	contains(t, v.sends(at, member+"/remove", url.Values{}), http.StatusOK, "Nobody is a member yet")
	contains(t, v.sends(at, at+"/delete", url.Values{"confirm": {"yes"}}), http.StatusOK, "This group is deleted")
	contains(t, v.view("/groups/none"), http.StatusNotFound)
}

func TestMembersMoveUpOnTheGroupsPage(t *testing.T) {
	v := visit(t)
	v.signIn()
	firm := v.firm("unifyoffice", "+4930123450", "+4930123459")
	ada, ben := v.order(firm, "+4930123451", "ada@example.com"), v.order(firm, "+4930123452", "ben@example.com")
	at := "/groups/" + v.sales(firm, ada, ben)
	v.sends(at, at+"/members/"+ben+"/up", url.Values{})
	members, err := v.views.GroupMembers(t.Context(), strings.TrimPrefix(at, "/groups/"))
	v.must(err)
	if len(members) != 2 || members[0].User != ben {
		t.Errorf("the members are %+v", members)
	}
	wrong := commandOf(t, v.view(at), at+"/members/"+ada+"/up")
	if refused := v.post(at+"/members/"+ada+"/sideways", url.Values{"command": {wrong}}); refused.status != http.StatusNotFound {
		t.Errorf("answered %d", refused.status)
	}
	for _, tag := range []string{"de", "el", "sv", "it"} {
		if shown := v.view(at + "?lang=" + tag); shown.status != http.StatusOK || strings.Contains(shown.body, "groups.") || strings.Contains(shown.body, "cannot ring") {
			t.Errorf("in %s:\n%s", tag, shown.body)
		}
	}
}

// sales makes a hunt group of a company with members.
func (v *visitor) sales(firm string, members ...string) string {
	v.Helper()
	done, err := v.server.Desk.CreateGroup(v.Context(), v.cause(), api.GroupForm{Company: firm, Kind: "hunt", Name: "Sales"})
	v.must(err)
	id := done.ID
	for _, member := range members {
		done, err = v.server.Desk.PutMember(v.Context(), v.cause(), id, member, api.MemberForm{})
		v.must(err)
	}
	v.settle(done)
	return id
}

func TestMembersLogInAndOutThemselves(t *testing.T) {
	h := open(t)
	firm := h.company("onenet")
	id := h.user(firm, `{"firstName":"Ada","lastName":"B","extension":"601","email":"ada@example.com"}`).want(t, http.StatusCreated).text("id")
	made := h.call(http.MethodPost, "/v1/groups", `{"company":"`+firm+`","kind":"queue","name":"Orders"}`).want(t, http.StatusCreated)
	path := "/v1/groups/" + made.text("id")
	other := "/me/groups/" + h.call(http.MethodPost, "/v1/groups", `{"company":"`+firm+`","kind":"queue","name":"Others"}`).want(t, http.StatusCreated).text("id")
	h.call(http.MethodPut, path+"/members/"+id, "").want(t, http.StatusOK)
	h.settledNow()
	me, form := h.as(domain.ActorUser, id), "Content-Type: application/x-www-form-urlencoded"
	shown := h.send(http.MethodGet, "/me", "", me).want(t, http.StatusOK)
	at := "/me/groups/" + made.text("id")
	if body := string(shown.raw); !strings.Contains(body, "Orders") || strings.Contains(body, "Others") {
		t.Errorf("the groups are not shown:\n%s", body)
	}
	command := commandOf(t, page{body: string(shown.raw)}, at)
	h.send(http.MethodPost, at, url.Values{"command": {command}, "do": {"out"}}.Encode(), me, form).want(t, http.StatusSeeOther)
	state := h.groupState(path)
	if m, _ := state.Member(id); !m.LoggedOut {
		t.Errorf("the member is %+v", m)
	}
	h.settledNow()
	if again := h.send(http.MethodGet, "/me", "", me).want(t, http.StatusOK); !strings.Contains(string(again.raw), `value="in"`) {
		t.Errorf("there is no way back in:\n%s", again.raw)
	}
	h.send(http.MethodPost, other, url.Values{"command": {command}, "do": {"in"}}.Encode(), me, form).want(t, http.StatusNotFound)
	history, err := h.journal.Load(t.Context(), group.Stream(made.text("id")))
	must(t, err)
	last := history.Facts[len(history.Facts)-1]
	if last.Actor != (domain.Actor{Kind: domain.ActorUser, ID: id}) || last.Channel != domain.ChannelPage {
		t.Errorf("the fact is by %+v through %s", last.Actor, last.Channel)
	}
}
