package api

import (
	"fmt"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

func summaryOfLogin(event domain.Event) string {
	switch e := event.(type) {
	case user.UsernameSet:
		return "The user has a name to log in with"
	case user.CredentialIssued:
		return fmt.Sprintf("A temporary password was %s, to go by %s, valid until %s", pick(e.Chosen, "chosen", "issued"), e.Way, minute(e.ExpiresAt))
	case user.PasswordChanged:
		return "The user chose a password" + pick(e.Reset != "", ", by a link", "") + ending(e.Age)
	case user.PINChanged:
		return "The user chose a PIN"
	case user.PasswordReminded:
		return "A reminder of the password's end is due: " + minute(e.ExpiresAt)
	case user.PasswordExpired:
		return "The password expired"
	case user.ResetRequested:
		return "A link by which the password is reset was asked for, valid until " + minute(e.ExpiresAt)
	case user.ResetMissed:
		return "A reset was asked for, but no mail reaches the user; to act: " + e.Responsible
	case user.LoggedIn:
		return "The user logged in, by " + e.Method
	case user.LoginLocked:
		return fmt.Sprintf("The login was locked after %d failures", e.Failures)
	case user.LoginUnlocked:
		return "The login was unlocked"
	case user.MobileCodeIssued:
		return "A code that verifies the mobile was issued, valid until " + minute(e.ExpiresAt)
	case user.MobileCodeMissed:
		return "A wrong code was typed"
	case user.MobileVerified:
		return "The mobile is verified"
	case user.AdminGranted:
		return "The user administers the company"
	case user.AdminRevoked:
		return "The user no longer administers the company"
	case user.Viewed:
		return "Support looked at the user: " + e.Screen
	}
	return summaryOfPlan(event)
}

func ending(age user.Age) string {
	if age.ExpiresAt == nil {
		return ""
	}
	return ", valid until " + minute(*age.ExpiresAt)
}

func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }
