package api

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/callprofile"
)

// TargetForm is where a call goes on.
type TargetForm struct {
	Kind string `json:"kind,omitempty" enum:",number,voicemail,announcement" doc:"Empty for the end of the call"`
	To   string `json:"to,omitempty" doc:"For number: E.164, or an extension of the company" example:"+4930123456"`
}

// ShownForm says which number called people see.
type ShownForm struct {
	Fixed  string `json:"fixed" enum:"fixed,mobile,company,nothing" doc:"Of calls from desk phone and softphone"`
	Mobile string `json:"mobile" enum:"fixed,mobile,company,nothing" doc:"Of calls from the mobile"`
}

// HandlingForm says what happens to calls to the fixed number.
type HandlingForm struct {
	Ring         string     `json:"ring" enum:"fixed,mobile,both,forward"`
	Forward      TargetForm `json:"forward,omitzero" doc:"Where calls go instead, where nothing rings"`
	Busy         TargetForm `json:"busy,omitzero" doc:"While the user is in another call"`
	NoAnswer     TargetForm `json:"noAnswer,omitzero"`
	Disconnected TargetForm `json:"disconnected,omitzero" doc:"Where neither fixed nor mobile can be reached"`
	Seconds      int        `json:"seconds,omitempty" minimum:"0" maximum:"180" doc:"Until nobody has answered; 0 for the usual"`
}

// ProfileForm is a call profile as it is to be.
type ProfileForm struct {
	Name     string       `json:"name,omitempty" maxLength:"40" doc:"One of the usual profiles keeps its own name where this is empty"`
	Number   int          `json:"number" minimum:"0" maximum:"99" doc:"How phones and calendars choose it; each profile of a user has another"`
	Hidden   bool         `json:"hidden,omitempty" doc:"Colleagues do not see whether the user is in a call"`
	Message  string       `json:"message,omitempty" maxLength:"140" doc:"What colleagues read"`
	Minutes  int          `json:"minutes,omitempty" minimum:"0" doc:"How long it is active where nobody says; 0 for no end"`
	Priority int          `json:"priority,omitempty" minimum:"0" maximum:"9" doc:"A plan or timetable with a profile of a lower one does not replace it"`
	Shown    ShownForm    `json:"shown"`
	Calls    HandlingForm `json:"calls"`
	Straight bool         `json:"straight,omitempty" doc:"Calls to the mobile number go to the mobile, not as those to the fixed one"`
	Queues   []string     `json:"queues,omitempty" nullable:"true" doc:"Ids of queues and hunt groups whose calls come in; null leaves log-ins as they are"`
}

// ActivationForm chooses a profile.
type ActivationForm struct {
	Profile string     `json:"profile" example:"lunch" doc:"Id or number of one of the user's profiles"`
	Until   *time.Time `json:"until,omitempty" doc:"By default as long as the profile usually takes"`
}

// ProfilePlanForm plans a profile for a time to come.
type ProfilePlanForm struct {
	Profile string    `json:"profile" example:"vacation"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
}

// SpanForm is a part of a day of the week.
type SpanForm struct {
	Day     string `json:"day" enum:"sunday,monday,tuesday,wednesday,thursday,friday,saturday"`
	From    string `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"08:30"`
	To      string `json:"to" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" example:"17:00"`
	Profile string `json:"profile" example:"available"`
}

// TimetableForm says which profiles the hours of a week bring, by the clocks of
// the user's site.
type TimetableForm struct {
	Spans []SpanForm `json:"spans" nullable:"false" doc:"None: there is no timetable"`
	Else  string     `json:"else,omitempty" example:"gone" doc:"The profile between the spans"`
}

// SavedForm is a place that the user may have all calls sent to.
type SavedForm struct {
	ID   string     `json:"id" maxLength:"40"`
	Name string     `json:"name" maxLength:"40"`
	To   TargetForm `json:"to"`
}

// SwitchesForm is what holds whichever profile is active.
type SwitchesForm struct {
	DoNotDisturb    bool        `json:"doNotDisturb"`
	RejectAnonymous bool        `json:"rejectAnonymous"`
	Also            []string    `json:"also" nullable:"false" doc:"Numbers that ring beside the user's own phones, E.164"`
	Forwards        []SavedForm `json:"forwards" nullable:"false"`
	On              string      `json:"on,omitempty" doc:"Id of the forward that takes every call"`
}

// RuleForm is a call rule.
type RuleForm struct {
	Direction string     `json:"direction" enum:"inbound,outbound"`
	Effect    string     `json:"effect" enum:"reject,accept,forward" doc:"Of the rules a call meets those that reject count first, then those that accept"`
	Subject   string     `json:"subject,omitempty" enum:",numbers,anonymous,international,grey-listed" doc:"Empty for every call"`
	Numbers   []string   `json:"numbers,omitempty" doc:"E.164"`
	Profiles  []string   `json:"profiles,omitempty" doc:"Only while one of these is active"`
	Except    []string   `json:"except,omitempty" doc:"Numbers that the rule leaves alone, E.164"`
	To        TargetForm `json:"to,omitzero" doc:"For forward"`
}

func (f TargetForm) target() callprofile.Target {
	return callprofile.Target{Kind: callprofile.TargetKind(f.Kind), To: f.To}
}

func (f ProfileForm) settings() callprofile.Settings {
	return callprofile.Settings{
		Name: f.Name, Number: f.Number, Hidden: f.Hidden, Message: f.Message, Minutes: f.Minutes, Priority: f.Priority,
		Shown: callprofile.Shown{Fixed: callprofile.Identity(f.Shown.Fixed), Mobile: callprofile.Identity(f.Shown.Mobile)},
		Calls: callprofile.Handling{
			Ring: callprofile.Ring(f.Calls.Ring), Forward: f.Calls.Forward.target(), Busy: f.Calls.Busy.target(), NoAnswer: f.Calls.NoAnswer.target(),
			Disconnected: f.Calls.Disconnected.target(), Seconds: f.Calls.Seconds,
		},
		Straight: f.Straight, Queues: f.Queues,
	}
}

func (f TimetableForm) timetable() callprofile.Timetable {
	t := callprofile.Timetable{Else: f.Else}
	for _, span := range f.Spans {
		t.Spans = append(t.Spans, callprofile.Span{Day: weekday(span.Day), From: clock(span.From), To: clock(span.To), Profile: span.Profile})
	}
	return t
}

func (f SwitchesForm) switches() callprofile.Switches {
	s := callprofile.Switches{DoNotDisturb: f.DoNotDisturb, RejectAnonymous: f.RejectAnonymous, Also: e164s(f.Also), On: f.On}
	for _, saved := range f.Forwards {
		s.Forwards = append(s.Forwards, callprofile.Saved{ID: saved.ID, Name: saved.Name, To: saved.To.target()})
	}
	return s
}

func (f RuleForm) rule() callprofile.Rule {
	return callprofile.Rule{
		Direction: callprofile.Direction(f.Direction), Effect: callprofile.Effect(f.Effect), Subject: callprofile.Subject(f.Subject),
		Numbers: e164s(f.Numbers), Profiles: f.Profiles, Except: e164s(f.Except), To: f.To.target(),
	}
}

func e164s(texts []string) []domain.E164 {
	var numbers []domain.E164
	for _, text := range texts {
		numbers = append(numbers, domain.E164(text))
	}
	return numbers
}
