package pages

import "dialtone/domain/user"

// Date is an entry of a user's calendar, with the command that cancels it.
type Date struct {
	user.Entry
	Command string
}

// title words what will happen: what is planned, or what happens by itself.
func (d Date) title(f Frame) string {
	kind := string(d.Kind)
	return f.First(kind, "plan."+kind, "date."+kind)
}

// Plans are the actions that can be planned for a user.
func Plans(f Frame) []Option {
	options := make([]Option, 0, 4)
	for _, what := range []user.Action{user.ToSuspend, user.ToResume, user.ToActivate, user.ToDelete} {
		options = append(options, Option{Value: string(what), Label: f.Say("plan." + string(what))})
	}
	return options
}
