package api

import (
	"fmt"
	"strings"

	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/domain/user"
)

func summaryOfGroup(event domain.Event) string {
	switch e := event.(type) {
	case group.Created:
		return "There is a " + string(e.Kind) + " group, " + e.Name + pick(e.Extension == "", "", ", with extension "+e.Extension)
	case group.Changed:
		return "Changed " + groupChanges(e)
	case group.ExtensionChanged:
		return moved("extension", e.Previous, e.Extension)
	case group.MemberAdded:
		return fmt.Sprintf("%s is a member, at place %d", e.User, e.Place)
	case group.MemberMoved:
		return fmt.Sprintf("%s stands at place %d", e.User, e.Place)
	case group.MemberRemoved:
		return fmt.Sprintf("%s, at place %d, is no member any more", e.User, e.Place)
	case group.MemberLoggedIn:
		return e.User + " logged in: the group's calls come to the member"
	case group.MemberLoggedOut:
		return e.User + " logged out: the group's calls pass the member by"
	case group.Deleted:
		return "The group was deleted"
	case group.ClaimAbandoned:
		return "Gave up " + claimed(e.Claim) + ", since the order took too long"
	case group.ClaimsReleased:
		return "Gave back " + plural(len(e.Claims), "thing", "things") + " the group no longer has"
	case user.GroupsFound:
		return "The user is to be taken out of " + plural(len(e.Groups), "group", "groups")
	case user.GroupsLeft:
		return pick(len(e.Groups) == 0, "The user was a member of no group", "The user was taken out of "+plural(len(e.Groups), "group", "groups"))
	case user.GroupsRejoined:
		return "The user is back in " + plural(len(e.Groups), "group", "groups") + pick(len(e.Missed) == 0, "", ", and not in "+plural(len(e.Missed), "other", "others"))
	case user.SIMsRegained:
		return "The user has " + plural(len(e.SIMs), "SIM card", "SIM cards") + " again" + pick(len(e.Missed) == 0, "", ", and not "+plural(len(e.Missed), "other", "others"))
	}
	return summaryOfSIM(event)
}

func groupChanges(e group.Changed) string {
	var names []string
	for _, part := range []struct {
		name  string
		value *string
	}{{"name", e.Name}, {"site", e.Site}, {"strategy", e.Strategy}} {
		if part.value != nil {
			names = append(names, part.name+" to "+*part.value)
		}
	}
	return strings.Join(names, ", ")
}
