package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/user"
	"dialtone/domain/wire"
)

// known gives the Go type of each wire name.
var known = func() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, event := range wire.Events() {
		types[event.Type()] = reflect.TypeOf(event)
	}
	return types
}()

// summaryOf tells a fact by its wire name and JSON.
func summaryOf(name string, data []byte) string {
	kind, ok := known[name]
	if !ok {
		return name
	}
	value := reflect.New(kind)
	if json.Unmarshal(data, value.Interface()) != nil {
		return name
	}
	event, _ := reflect.TypeAssert[domain.Event](value.Elem())
	return summary(event)
}

// summary tells in an English sentence what happened, without personal data.
func summary(event domain.Event) string {
	switch e := event.(type) {
	case user.Created:
		return "Ordered" + line(e)
	case user.DetailsChanged:
		return "Changed " + changedNames(e)
	case user.EmailClaimed:
		return pick(e.Claim == "", "The e-mail address was given up", "A new e-mail address is the user's alone")
	case user.DeviceClaimed:
		return pick(e.Claim == "", "The desk phone was given up", "A desk phone is the user's")
	case user.NumberChanged:
		return moved("number", string(e.Previous), string(e.Number)) + pick(e.Swap == "", "", ", in a swap with another user")
	case user.SwapFinished:
		return "The swap of numbers is finished"
	case user.ExtensionChanged:
		return moved("extension", e.Previous, e.Extension) + because(e.Reason)
	case user.LicenceChanged:
		return moved("licence", e.Previous, e.Licence) + pick(e.Verify, ", for which the mobile has to be verified", "")
	case user.Suspended:
		return "Suspended: emergency calls only"
	case user.Resumed:
		return "The suspension ended"
	case user.SeatMoved:
		return "Sits on another licence of the same kind"
	case user.LicenceGivenUp:
		return "The licence " + e.Licence + " goes back to the operator"
	case user.Deleted:
		return "Deleted" + pick(e.Licence == "", "", "; the licence "+e.Licence+" goes back to the operator")
	case user.ErasureBegun:
		return "What is personal is being erased; nobody can bring the user back"
	case user.Erased:
		return "What was personal is erased"
	case user.ClaimAbandoned:
		return "Gave up " + claimed(e.Claim) + ", since the order took too long"
	case user.ClaimsReleased:
		return "Gave back " + plural(len(e.Claims), "thing", "things") + " the user no longer has"
	case user.DeviceLoginIssued:
		return "A new login for the desk phone was issued" + pick(e.Chosen, ", with a password that somebody chose", "")
	}
	return summaryOfActivation(event)
}

func summaryOfActivation(event domain.Event) string {
	switch e := event.(type) {
	case user.ActivationStarted:
		return "The activation started, with the steps " + strings.Join(e.Steps, ", ")
	case user.ActivationRetried:
		return "The activation goes on from the step " + e.Step
	case user.StepStarted:
		return fmt.Sprintf("Work on the step %s began, attempt %d", e.Step, e.Attempt)
	case user.StepDelayed:
		return fmt.Sprintf("The step %s waits: %s", e.Step, e.Cause) + again(e.Trouble)
	case user.StepDone:
		return "The step " + e.Step + " is done"
	case user.StepFailed:
		return fmt.Sprintf("The step %s failed: %s; to act: %s", e.Step, e.Cause, e.Responsible)
	case user.Activated:
		return "Activated: the user calls and is called"
	case user.ActivationFailed:
		return fmt.Sprintf("The activation failed at the step %s: %s", e.Step, e.Cause)
	case user.CredentialSet:
		return "The user set the first secrets"
	}
	return summaryOfLink(event)
}

func summaryOfLink(event domain.Event) string {
	switch e := event.(type) {
	case user.LinkIssued:
		return "An activation link was issued" + until(e.Link)
	case user.LinkRenewedByUser:
		return "The user asked for a new link" + until(e.Link)
	case user.LinkRenewedByAdmin:
		return "A company admin asked for a new link" + until(e.Link)
	case user.LinkRenewedByOperator:
		return "The back-office asked for a new link" + until(e.Link)
	case user.LinkReminded:
		return "A reminder of the link is due"
	case user.LinkMissed:
		return "A wrong password was typed on the link's page"
	case user.LinkUsed:
		return "The user followed the link"
	case user.LinkExpired:
		return "The link expired unused"
	case user.MessageRequested:
		return fmt.Sprintf("A message is to be sent by %s: %s", e.Channel, e.Purpose)
	case user.MessageAccepted:
		return fmt.Sprintf("The message was accepted, attempt %d", e.Attempt)
	case user.MessageRefused:
		return fmt.Sprintf("The message was not accepted, attempt %d: %s", e.Attempt, e.Cause) + again(e.Trouble)
	}
	return summaryOfDelivery(event)
}

func summaryOfDelivery(event domain.Event) string {
	switch e := event.(type) {
	case user.MessageDelivered:
		return "The message was delivered"
	case user.MessageBounced:
		return "The message could not be delivered: " + e.Cause + again(e.Trouble)
	case user.MessageDelayed:
		return "The mail has not arrived yet and is tried further: " + e.Cause
	case user.LinkOpened:
		return "The page of the link was opened for the first time, by a person or a program"
	}
	return summaryOfLogin(event)
}

func summaryOfClaim(event domain.Event) string {
	switch e := event.(type) {
	case claim.Taken:
		return "Something unique was reserved for the user"
	case claim.Confirmed:
		return "What was reserved is the user's for good"
	case claim.Released:
		return "What was reserved was given back" + because(e.Reason)
	}
	return summaryOfNumber(event)
}

func line(e user.Created) string {
	text := ""
	if e.Number != "" {
		text += " with number " + string(e.Number)
	}
	if e.Extension != "" {
		text += pick(text == "", " with", " and") + " extension " + e.Extension + because(e.ExtensionReason)
	}
	return text
}

func changedNames(e user.DetailsChanged) string {
	raw, err := json.Marshal(e)
	var members map[string]any
	if err != nil || json.Unmarshal(raw, &members) != nil {
		return "details"
	}
	var names []string
	if delete(members, "options"); e.Options != nil {
		names = append(names, "options")
	}
	flat := map[string]any{}
	flatten(flat, "", members)
	for _, pointer := range differences(nil, flat) {
		names = append(names, strings.TrimPrefix(strings.TrimPrefix(pointer, "/personal"), "/"))
	}
	if len(names) == 0 {
		return "details that are forgotten"
	}
	return strings.Join(names, ", ")
}

func moved(what, before, after string) string {
	switch {
	case before == "":
		return "The " + what + " is " + after
	case after == "":
		return "The " + what + " " + before + " was taken away"
	}
	return "The " + what + " is " + after + " in the place of " + before
}

func until(l user.Link) string {
	return ", valid until " + l.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC")
}

func again(t user.Trouble) string {
	if t.NextTry == nil {
		return "; it is not tried again"
	}
	return "; next try at " + t.NextTry.UTC().Format("2006-01-02 15:04:05 UTC")
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func claimed(stream string) string {
	kind, _, _ := strings.Cut(stream, "-")
	return "the claim on " + pick(kind == "email", "an e-mail address", "a "+kind)
}

func plural(n int, one, many string) string { return strconv.Itoa(n) + " " + pick(n == 1, one, many) }

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
