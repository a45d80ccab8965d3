package user_test

import (
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestALookIsNotedOnceInAWhileForEachPersonAndScreen(t *testing.T) {
	eve, bob := domain.Actor{Kind: domain.ActorSupport, ID: "eve"}, domain.Actor{Kind: domain.ActorSupport, ID: "bob"}
	history := facts(user.Viewed{Screen: "user"})
	history[0].Actor = eve
	for name, c := range map[string]struct {
		look  user.View
		noted bool
	}{
		"again a moment later":        {user.View{Actor: eve, Screen: "user", At: noon.Add(user.ViewRest - time.Second)}, false},
		"again a while later":         {user.View{Actor: eve, Screen: "user", At: noon.Add(user.ViewRest)}, true},
		"at another screen":           {user.View{Actor: eve, Screen: "history", At: noon}, true},
		"by somebody else":            {user.View{Actor: bob, Screen: "user", At: noon}, true},
		"by somebody of another role": {user.View{Actor: domain.Actor{Kind: domain.ActorAdmin, ID: "eve"}, Screen: "user", At: noon}, true},
	} {
		events, err := c.look.Decide(history)
		if err != nil || (len(events) == 1) != c.noted {
			t.Errorf("%s: %v, %v", name, events, err)
		}
	}
	if s := user.Fold(append(facts(user.Created{ID: adaID, Company: "acme"}), history...)); s.Lifecycle != user.Pending {
		t.Errorf("a look changes the user: %v", s.Lifecycle)
	}
}

func TestTheMainUserIsAdminFromTheBeginning(t *testing.T) {
	in := order()
	in.Admin = true
	events, err := in.Decide(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := user.Fold(facts(events...)); !s.Credential.Admin || s.Lifecycle != user.Pending {
		t.Errorf("admin %v, %v", s.Credential.Admin, s.Lifecycle)
	}
}
