package projections_test

import (
	"fmt"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// The ids of the tests.
const (
	acme = "11111111-1111-5111-8111-111111111111"
	zeta = "22222222-2222-5222-8222-222222222222"
)

// userID gives the id of the n-th user.
func userID(n int) string { return fmt.Sprintf("%08d-aaaa-5aaa-8aaa-aaaaaaaaaaaa", n) }

func told(id string, n int) string { return fmt.Sprintf("%s-%d", id, n) }

// companyFacts order a company with a block of ten numbers and five licences.
func companyFacts(id, name string) []domain.Event {
	return []domain.Event{
		company.Created{ID: id, Name: name, Language: "en", Country: "DE"},
		company.PolicyAdopted{Policy: policy.Policy{Name: "onenet", Version: 3, Operator: "OneNet", Link: policy.Link{Valid: policy.Duration(48 * time.Hour)}}},
		company.NumbersConnected{From: "+4930123450", To: "+4930123459"},
		company.MainNumberSet{Number: "+4930123450"},
		company.LicencesOrdered{Kind: "standard", Count: 5},
		company.SiteOpened{ID: "site-1", Name: "Berlin", Country: "DE", TimeZone: "Europe/Berlin"},
	}
}

// ada is a user with everything.
func ada(id string) user.Created {
	return user.Created{
		ID: id, Company: acme, Site: "site-1", Language: "en", Number: "+4930123451", Extension: "51", Licence: "standard", Device: "yealink t54w",
		Claims: user.Claims{Number: "number-+4930123451", Extension: user.ExtensionStream(acme, "51"), Seat: user.SeatStream(acme, "standard", 1)},
		Personal: &user.Person{
			FirstName: "Ada", LastName: "Lovelace", DirectoryFirstName: "Countess", DirectoryLastName: "Lovelace",
			Email: "ada@example.com", Mobile: "+491711234567", MobileNumber: "+491719999999", ContractNumber: "C-1", MAC: "001122334455",
		},
	}
}

// plain is a user with a name only.
func plain(id, firm, first, last string) user.Created {
	return user.Created{ID: id, Company: firm, Language: "en", Device: "none", Personal: &user.Person{FirstName: first, LastName: last}}
}

var (
	morning = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	later   = morning.Add(48 * time.Hour)
)

// activation leads a user from the start to an accepted mail with a link.
func activation(link string) []domain.Event {
	soon := morning.Add(5 * time.Minute)
	return []domain.Event{
		user.ActivationStarted{Steps: []string{policy.StepLine, policy.StepNetwork, policy.StepLink}},
		user.StepStarted{Step: policy.StepLine, Attempt: 1},
		user.StepDone{Step: policy.StepLine},
		user.StepStarted{Step: policy.StepNetwork, Attempt: 1},
		user.StepDelayed{Step: policy.StepNetwork, Attempt: 1, Trouble: user.Trouble{Cause: "network-busy", Responsible: "network", Code: "503", Text: "try later", NextTry: &soon}},
		user.StepStarted{Step: policy.StepNetwork, Attempt: 2},
		user.StepDone{Step: policy.StepNetwork},
		user.LinkIssued{Link: user.Link{ID: link, Key: user.LinkKey, Hash: "canary-link-hash", ExpiresAt: later}},
		user.MessageRequested{ID: "message-1", Purpose: user.PurposeLink, Channel: user.Mail, Link: link},
		user.MessageAccepted{ID: "message-1", Attempt: 1, Provider: "250 ok"},
	}
}

// confirmation ends what activation began.
func confirmation(link string) []domain.Event {
	return []domain.Event{
		user.LinkUsed{Link: link},
		user.CredentialSet{Question: "pet", Personal: &user.CredentialSum{Password: "canary-password", PIN: "canary-pin", Answer: "canary-answer"}},
		user.StepDone{Step: policy.StepLink},
		user.Activated{},
		user.DeviceLoginIssued{Username: "uabc", Realm: "dialtone.local", Personal: &user.DeviceLogin{HA1: map[string]string{"MD5": "canary-ha1"}}},
	}
}

func take(owner string) claim.Taken {
	return claim.Taken{Owner: owner, Deadline: morning.Add(claim.Window)}
}

func assign(id string) number.Assigned {
	return number.Assigned{Company: acme, User: id, Deadline: morning.Add(claim.Window)}
}

func connected(id string) number.Connected {
	return number.Connected{Company: id, Deadline: morning.Add(claim.Window)}
}
