package api

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// wasBefore begins the names of hidden fields that hold what a field showed, so
// that only what somebody has typed is changed.
const wasBefore = "was-"

// detailNames are the fields of the form that changes a user.
var detailNames = []string{
	"firstName", "lastName", "email", "mobile", "mobileNumber", "contractNumber", "username", "number", "extension", "licence", "options", "device", "mac",
}

// detailFields are the fields of the form that changes a user (1.15), filled
// with what there is, or with what was typed.
func detailFields(frame pages.Frame, firm company.State, s user.State, typed url.Values) []pages.Changed {
	p := s.Person
	text := func(name, label, value string) pages.Changed {
		return pages.Changed{Field: pages.Field{Name: name, Label: frame.Say(label), Kind: "text", Value: value, Complete: "off"}}
	}
	fields := []pages.Changed{
		text("firstName", "order.first-name", p.FirstName), text("lastName", "order.last-name", p.LastName),
		text("email", "order.email", p.Email), text("mobile", "order.mobile", p.Mobile),
		text("mobileNumber", "change.mobile-number", p.MobileNumber), text("contractNumber", "change.contract", p.ContractNumber),
	}
	if s.LogsInBy(policy.LoginUsername, firm.Policy) {
		fields = append(fields, text("username", "me.username", s.Credential.Username))
	}
	fields = append(fields, text("number", "order.number", string(s.Number)), text("extension", "order.extension", s.Extension))
	if kinds := firm.LicenceKinds(); len(kinds) > 0 {
		licence := text("licence", "order.licence", s.Licence)
		licence.Kind = "select"
		if s.Licence == "" {
			licence.Options = []pages.Option{{Label: frame.Say("order.choose-none")}}
		}
		for _, kind := range kinds {
			licence.Options = append(licence.Options, pages.Option{Value: kind, Label: kind})
		}
		fields = append(fields, licence)
	}
	options := text("options", "change.options", strings.Join(s.Options, ", "))
	options.Hint = frame.Say("change.options-hint")
	fields = append(fields, options, text("device", "order.device", s.Device), text("mac", "order.mac", p.MAC))
	for n := range fields {
		field := &fields[n]
		if field.Was = field.Value; typed.Has(wasBefore + field.Name) {
			field.Value, field.Was = typed.Get(field.Name), typed.Get(wasBefore+field.Name)
		}
	}
	return fields
}

// changeDetails changes of a user what was typed anew. Behind another desk phone the
// new login is shown, once (1.12).
func (f *front) changeDetails(c *gin.Context) {
	names := slices.Clone(detailNames)
	for _, name := range detailNames {
		names = append(names, wasBefore+name)
	}
	values, cause, err := f.commanded(c, names...)
	if err != nil {
		f.fail(c, err)
		return
	}
	done, err := f.Desk.ChangeUser(c.Request.Context(), cause, c.Param("id"), changesOfForm(values))
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		f.answerUser(c, p.Status, p)
		return
	}
	if login, issued := f.Desk.loginBehind(cause, done); issued {
		f.showDeviceLogin(c, login)
		return
	}
	f.goOn(c, done.Position, "/users/"+done.ID+"?done=details")
}

// anew gives what was typed into a field that showed something else.
func anew(values url.Values, name string) Text {
	if !values.Has(name) || values.Get(name) == values.Get(wasBefore+name) {
		return Text{}
	}
	return Put(values.Get(name))
}

func changesOfForm(values url.Values) ChangeForm {
	text := func(name string) Text { return anew(values, name) }
	form := ChangeForm{
		FirstName: text("firstName"), LastName: text("lastName"), Email: text("email"), Mobile: text("mobile"),
		MobileNumber: text("mobileNumber"), ContractNumber: text("contractNumber"), Username: text("username"),
		Number: text("number"), Extension: text("extension"), Licence: text("licence"),
		Device: DeviceChange{Kind: text("device"), MAC: text("mac")},
	}
	if options := text("options"); options.Sent {
		form.Options = PutAll(strings.Split(options.Value, ",")...)
	}
	return form
}

// chosenFields are the fields of the password that an admin chooses for a user.
func chosenFields(frame pages.Frame) []pages.Field {
	return []pages.Field{
		{Name: "password", Label: frame.Say("change.password"), Kind: "password", Complete: "new-password", Rules: "password-rules", Required: true},
		{Name: "passwordAgain", Label: frame.Say("change.password-again"), Kind: "password", Complete: "new-password", Required: true},
	}
}
