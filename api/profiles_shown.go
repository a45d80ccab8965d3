package api

import (
	"fmt"
	"strings"
	"time"

	"dialtone/api/locales"
	"dialtone/domain/callprofile"
)

// CallProfile is one of a user's call profiles.
type CallProfile struct {
	ID    string `json:"id"`
	Usual bool   `json:"usual" doc:"Every user has it from the beginning"`
	ProfileForm
}

// ActiveProfile is the profile that calls are taken by now.
type ActiveProfile struct {
	Profile string     `json:"profile"`
	Name    string     `json:"name"`
	Because string     `json:"because" enum:"choice,plan,timetable,default"`
	Since   *time.Time `json:"since,omitempty"`
	Until   *time.Time `json:"until,omitempty" doc:"When that may change by itself"`
}

// ProfilePlan is a profile that is to be active from one moment to another.
type ProfilePlan struct {
	ID string `json:"id"`
	ProfilePlanForm
}

// CallRule is a call rule of a user.
type CallRule struct {
	ID string `json:"id"`
	RuleForm
}

// Profiles is how a user takes calls.
type Profiles struct {
	Active    ActiveProfile `json:"active"`
	Items     []CallProfile `json:"items" nullable:"false"`
	Plans     []ProfilePlan `json:"plans" nullable:"false" doc:"Those that are not over"`
	Timetable TimetableForm `json:"timetable"`
	Switches  SwitchesForm  `json:"switches"`
	Rules     []CallRule    `json:"rules" nullable:"false"`
	Zone      string        `json:"zone" doc:"IANA name of the time zone that the timetable is read in"`
}

// shownProfiles shows how a user takes calls at a moment at a place.
func shownProfiles(s callprofile.State, voice locales.Voice, now time.Time, zone *time.Location) Profiles {
	p := Profiles{
		Active: shownActive(s.ActiveAt(now, zone), voice), Items: []CallProfile{}, Plans: []ProfilePlan{}, Rules: []CallRule{},
		Timetable: shownTimetable(s.Timetable), Switches: shownSwitches(s.Switches), Zone: zone.String(),
	}
	for _, profile := range s.Profiles() {
		p.Items = append(p.Items, shownProfile(profile, voice))
	}
	for _, plan := range s.Plans {
		if now.Before(plan.Until) {
			p.Plans = append(p.Plans, ProfilePlan{plan.ID, ProfilePlanForm{Profile: plan.Profile, From: plan.From.UTC(), Until: plan.Until.UTC()}})
		}
	}
	for _, rule := range s.Rules {
		p.Rules = append(p.Rules, CallRule{rule.ID, shownRule(rule.Rule)})
	}
	return p
}

func shownActive(a callprofile.Active, voice locales.Voice) ActiveProfile {
	return ActiveProfile{
		Profile: a.Profile.ID, Name: profileName(a.Profile, voice), Because: string(a.Because), Since: momentOf(a.From), Until: momentOf(a.Until),
	}
}

// profileName is the name of a profile; one of the usual that has no other has
// that of its user's language.
func profileName(p callprofile.Profile, voice locales.Voice) string {
	if p.Name != "" {
		return p.Name
	}
	return voice.Say("profile.name." + p.ID)
}

func shownProfile(p callprofile.Profile, voice locales.Voice) CallProfile {
	return CallProfile{ID: p.ID, Usual: callprofile.IsUsual(p.ID), ProfileForm: ProfileForm{
		Name: profileName(p, voice), Number: p.Number, Hidden: p.Hidden, Message: p.Message, Minutes: p.Minutes, Priority: p.Priority,
		Shown: ShownForm{Fixed: string(p.Shown.Fixed), Mobile: string(p.Shown.Mobile)},
		Calls: HandlingForm{
			Ring: string(p.Calls.Ring), Forward: shownTarget(p.Calls.Forward), Busy: shownTarget(p.Calls.Busy), NoAnswer: shownTarget(p.Calls.NoAnswer),
			Disconnected: shownTarget(p.Calls.Disconnected), Seconds: p.Calls.Seconds,
		},
		Straight: p.Straight, Queues: p.Queues,
	}}
}

func shownTarget(t callprofile.Target) TargetForm { return TargetForm{Kind: string(t.Kind), To: t.To} }

func shownTimetable(t callprofile.Timetable) TimetableForm {
	form := TimetableForm{Spans: []SpanForm{}, Else: t.Else}
	for _, span := range t.Spans {
		form.Spans = append(form.Spans, SpanForm{Day: strings.ToLower(span.Day.String()), From: span.From.String(), To: span.To.String(), Profile: span.Profile})
	}
	return form
}

func shownSwitches(s callprofile.Switches) SwitchesForm {
	form := SwitchesForm{DoNotDisturb: s.DoNotDisturb, RejectAnonymous: s.RejectAnonymous, Also: written164(s.Also), Forwards: []SavedForm{}, On: s.On}
	for _, saved := range s.Forwards {
		form.Forwards = append(form.Forwards, SavedForm{ID: saved.ID, Name: saved.Name, To: shownTarget(saved.To)})
	}
	return form
}

func shownRule(r callprofile.Rule) RuleForm {
	return RuleForm{
		Direction: string(r.Direction), Effect: string(r.Effect), Subject: string(r.Subject), Numbers: written164(r.Numbers), Profiles: r.Profiles,
		Except: written164(r.Except), To: shownTarget(r.To),
	}
}

// weekday reads an English day's name; what is none is no day.
func weekday(name string) time.Weekday {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), name) {
			return day
		}
	}
	return -1
}

// clock reads "08:30"; what is no time of day is before the first.
func clock(text string) callprofile.Clock {
	var hours, minutes int
	if _, err := fmt.Sscanf(text, "%02d:%02d", &hours, &minutes); err != nil {
		return -1
	}
	return callprofile.Clock(hours*60 + minutes)
}
