package user_test

import (
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

func TestTheActivationIsStartedAndRetried(t *testing.T) {
	byLink := user.StartActivation{Policy: presets["unifyoffice"]}.Decide
	byNetwork := user.StartActivation{Policy: presets["onenet"]}.Decide
	provisioned := []domain.Event{user.Created{ID: adaID, Company: "acme", Number: "+4930120049", Personal: &user.Person{}}}
	unmailed := []domain.Event{user.Created{ID: adaID, Company: "acme", Personal: &user.Person{FirstName: "Ada", LastName: "L"}}}
	noLine := []domain.Event{user.Created{ID: adaID, Company: "acme", Personal: &ada}}
	onlyLine := user.StartActivation{Policy: policy.Policy{Steps: []string{"line"}}}.Decide
	play(t, []scenario{
		{"the policy's steps are taken", ordered, byLink, []domain.Event{user.ActivationStarted{Steps: []string{"line", "link"}}}, ""},
		{"each policy has its own", ordered, byNetwork, []domain.Event{user.ActivationStarted{Steps: []string{"line", "network"}}}, ""},
		{"without a line there is no step for it", noLine, byNetwork, []domain.Event{user.ActivationStarted{Steps: []string{"network"}}}, ""},
		{"without any step it is over at once", noLine, onlyLine, []domain.Event{user.ActivationStarted{}, user.Activated{}}, ""},
		{"starting twice is nothing", started, byLink, nil, ""},
		{"starting what runs is nothing", mailed, byLink, nil, ""},
		{"starting what is done is nothing", confirmed, byLink, nil, ""},
		{"starting twice without steps is nothing", then(noLine, user.ActivationStarted{}, user.Activated{}), onlyLine, nil, ""},
		{"without a person the details come first", provisioned, byLink, []domain.Event{user.ActivationStarted{Steps: []string{"details", "line", "link"}}}, ""},
		{"also where the network activates", provisioned, byNetwork, []domain.Event{user.ActivationStarted{Steps: []string{"details", "line", "network"}}}, ""},
		{"a link needs an address", unmailed, byLink, []domain.Event{user.ActivationStarted{Steps: []string{"details", "link"}}}, ""},
		{"the network needs none", unmailed, byNetwork, []domain.Event{user.ActivationStarted{Steps: []string{"network"}}}, ""},
		{"a failed step is retried, the ones before it are not", netFailed, byNetwork, []domain.Event{user.ActivationRetried{Step: "network"}}, ""},
		{"retrying twice is nothing", then(netFailed, user.ActivationRetried{Step: "network"}), byNetwork, nil, ""},
		{"an expired link is retried", expired, byLink, []domain.Event{user.ActivationRetried{Step: "link"}}, ""},
		{"nobody can't be activated", nil, byLink, nil, "no-user"},
		{"who is deleted can't be activated", deleted, byLink, nil, "no-user"},
		{"who is suspended must be resumed first", then(ordered, user.Suspended{}), byLink, nil, "suspended"},
	})
}

func TestAStepIsBegunOncePerAttempt(t *testing.T) {
	line, network := user.StartStep{Step: "line"}.Decide, user.StartStep{Step: "network"}.Decide
	delayed := then(netRunning, user.StepDelayed{Step: "network", Attempt: 1, Trouble: user.Trouble{Cause: "busy", NextTry: new(after(1))}})
	play(t, []scenario{
		{"the first attempt", started, line, []domain.Event{user.StepStarted{Step: "line", Attempt: 1}}, ""},
		{"beginning twice is nothing", running, line, nil, ""},
		{"what is done is not begun again", lined, line, nil, ""},
		{"a step waits for the one before it", started, network, nil, ""},
		{"the second attempt", delayed, network, []domain.Event{user.StepStarted{Step: "network", Attempt: 2}}, ""},
		{"what failed waits for a retry", netFailed, network, nil, ""},
		{
			"a retry counts on",
			then(netFailed, user.ActivationRetried{Step: "network"}), network,
			[]domain.Event{user.StepStarted{Step: "network", Attempt: 2}},
			"",
		},
		{"before the start there is no step", ordered, line, nil, ""},
		{"an unknown step is nothing", started, user.StartStep{Step: "sim"}.Decide, nil, ""},
		{"nobody's step is nothing", nil, line, nil, ""},
		{"a deleted user's step is nothing", then(started, user.Deleted{}), line, nil, ""},
	})
}

func TestAStepEnds(t *testing.T) {
	finish := func(step string, attempt int, trouble *user.Trouble) domain.Decide {
		return user.FinishStep{Step: step, Attempt: attempt, Trouble: trouble}.Decide
	}
	busy := user.Trouble{Cause: "network-unavailable", Responsible: "network", NextTry: new(after(1))}
	failed := []domain.Event{
		user.StepFailed{Step: "network", Attempt: 1, Trouble: noService}, user.ActivationFailed{Step: "network", Cause: "network-refused"},
	}
	second := then(netFailed, user.ActivationRetried{Step: "network"}, user.StepStarted{Step: "network", Attempt: 2})
	play(t, []scenario{
		{"a step is done", running, finish("line", 1, nil), []domain.Event{user.StepDone{Step: "line"}}, ""},
		{"done twice is nothing", lined, finish("line", 1, nil), nil, ""},
		{"the last step ends the activation", netRunning, finish("network", 1, nil), []domain.Event{user.StepDone{Step: "network"}, user.Activated{}}, ""},
		{"the end twice is nothing", netActive, finish("network", 1, nil), nil, ""},
		{"transient trouble delays", netRunning, finish("network", 1, &busy), []domain.Event{user.StepDelayed{Step: "network", Attempt: 1, Trouble: busy}}, ""},
		{
			"the same trouble twice is nothing",
			then(netRunning, user.StepDelayed{Step: "network", Attempt: 1, Trouble: busy}), finish("network", 1, &busy), nil, "",
		},
		{"permanent trouble fails step and activation", netRunning, finish("network", 1, &noService), failed, ""},
		{"the same failure twice is nothing", netFailed, finish("network", 1, &noService), nil, ""},
		{"an answer of an older attempt comes too late", second, finish("network", 1, nil), nil, ""},
		{"the second attempt succeeds", second, finish("network", 2, nil), []domain.Event{user.StepDone{Step: "network"}, user.Activated{}}, ""},
		{"a step that was not begun has no end", started, finish("line", 0, nil), nil, ""},
		{"a suspended user's step ends all the same", then(running, user.Suspended{}), finish("line", 1, nil), []domain.Event{user.StepDone{Step: "line"}}, ""},
		{"a deleted user's step has no end", then(running, user.Deleted{}), finish("line", 1, nil), nil, ""},
		{"an unknown step has no end", running, finish("sim", 1, nil), nil, ""},
	})
}

func TestAStepTellsEverythingThatCanBeSaidAboutIt(t *testing.T) {
	busy := user.Trouble{Cause: "busy", Responsible: "network", Code: "503", Text: "try later", NextTry: new(after(1))}
	for _, c := range []struct {
		name  string
		given []domain.Event
		want  user.Step
	}{
		{"waiting", started, user.Step{Name: "line", State: user.Waiting}},
		{"running", running, user.Step{Name: "line", State: user.Running, Attempts: 1}},
		{"done", lined, user.Step{Name: "line", State: user.Done, Attempts: 1}},
		{"delayed", then(netRunning, user.StepDelayed{Step: "network", Attempt: 1, Trouble: busy}), user.Step{
			Name: "network", State: user.Waiting, Cause: "busy", Responsible: "network", Code: "503", Text: "try later", Attempts: 1, NextTry: new(after(1)),
		}},
		{"running again", then(netRunning, user.StepDelayed{Step: "network", Attempt: 1, Trouble: busy}, user.StepStarted{Step: "network", Attempt: 2}), user.Step{
			Name: "network", State: user.Running, Cause: "busy", Responsible: "network", Code: "503", Text: "try later", Attempts: 2,
		}},
		{"failed", netFailed, user.Step{
			Name: "network", State: user.StepBroken, Cause: "network-refused", Responsible: "operator", Code: "no-service", Attempts: 1,
		}},
		{"retried", then(netFailed, user.ActivationRetried{Step: "network"}), user.Step{Name: "network", State: user.Waiting, Attempts: 1}},
		{"mail queued", linked, user.Step{
			Name: "link", State: user.Waiting, Cause: "mail-queued", Responsible: "mail", Attempts: 1, Deadline: new(after(48)),
		}},
		{"mail sent", mailed, user.Step{
			Name: "link", State: user.Waiting, Cause: "link-open", Responsible: "user", Attempts: 1, Deadline: new(after(48)),
		}},
		{"link expired", expired, user.Step{
			Name: "link", State: user.StepBroken, Cause: "link-expired", Responsible: "user", Attempts: 1, Deadline: new(after(48)),
		}},
		{"link used", confirmed, user.Step{Name: "link", State: user.Done, Attempts: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			step, ok := user.Fold(facts(c.given...)).Step(c.want.Name)
			c.want.Since = noon // where all facts have happened
			if got, want := text(t, step), text(t, c.want); !ok || got != want {
				t.Errorf("told\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestAStepTellsSinceWhenItStandsSo(t *testing.T) {
	history := facts(netStarted...)
	at := func(hours float64, events ...domain.Event) {
		for _, event := range events {
			history = append(history, domain.Fact{Event: event, At: after(hours)})
		}
	}
	since := func() time.Time {
		step, _ := user.Fold(history).Step("network")
		return step.Since
	}
	busy := user.StepDelayed{Step: "network", Attempt: 1, Trouble: user.Trouble{Cause: "network-unavailable", Responsible: "network", NextTry: new(after(2))}}
	at(1, busy)
	at(3, user.StepDelayed{Step: "network", Attempt: 2, Trouble: busy.Trouble}, user.Suspended{})
	if got := since(); !got.Equal(after(1)) {
		t.Errorf("it waits for the same since %s", got)
	}
	at(5, user.StepFailed{Step: "network", Attempt: 3, Trouble: noService})
	if got := since(); !got.Equal(after(5)) {
		t.Errorf("it has failed since %s", got)
	}
}
