package user

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
)

// ExtensionStream is the name of the claim on a company's extension.
func ExtensionStream(company, extension string) string {
	return "extension-" + company + "-" + extension
}

// EmailStream is the name of the claim on an address, of which only the HMAC
// is shown.
func EmailStream(hmac string) string { return "email-" + hmac }

// LoginStream is the name of the claim on a name to log in with, of which only
// the HMAC is shown.
func LoginStream(hmac string) string { return "login-" + hmac }

// SeatStream is the name of the claim on the n-th licence of a kind, from 1.
func SeatStream(firm, kind string, n int) string {
	return company.SeatStream(firm, company.Seat{Kind: kind, N: n})
}

// SeatPool is what the names of the claims on the licences of a kind begin with,
// up to the hyphen before their numbers.
func SeatPool(firm, kind string) string { return company.SeatPool(firm, kind) }

func numberClaim(n domain.E164) string {
	if n == "" {
		return ""
	}
	return number.Stream(n)
}

func extensionClaim(company, extension string) string {
	if extension == "" {
		return ""
	}
	return ExtensionStream(company, extension)
}

// List gives the streams of everything that is the user's alone.
func (c Claims) List() []string {
	return slices.DeleteFunc([]string{c.Number, c.Extension, c.Email, c.Seat, c.Username, c.Device}, func(claim string) bool { return claim == "" })
}

// Holds tells whether a stream is among the claims.
func (c Claims) Holds(stream string) bool { return slices.Contains(c.List(), stream) }

// ExtensionsFrom gives the extensions to try, the wanted one first: an explicit
// wish alone, otherwise the last digits of the number and, where the policy
// allows, the next free ones upwards (rule 1.11; what happens on a collision is
// settled by X7). An emergency number is never one.
func ExtensionsFrom(wish string, n domain.E164, rule policy.Extension) []string {
	if wish != "" {
		return []string{wish}
	}
	if n == "" || rule.LastDigits == 0 {
		return nil
	}
	first := n.Last(rule.LastDigits)
	start, err := strconv.Atoi(first)
	if err != nil {
		return nil
	}
	tries := 1
	if rule.NextFree {
		tries = 201
	}
	size := int(math.Pow10(len(first)))
	var candidates []string
	for step := 0; step < size && len(candidates) < tries; step++ {
		if candidate := padded((start+step)%size, len(first)); !domain.EmergencySomewhere(candidate) {
			candidates = append(candidates, candidate)
		}
	}
	return candidates
}

func padded(n, width int) string {
	return fmt.Sprintf("%0*d", width, n)
}
